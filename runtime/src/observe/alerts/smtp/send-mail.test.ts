import { getCACertificates, setDefaultCACertificates } from "node:tls"
import * as Effect from "effect/Effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { SmtpSettings } from "../notify/notify-settings.ts"
import { type Mail, mailText } from "./mail-text.ts"
import { sendMail } from "./send-mail.ts"
import { localhostCertificate } from "./testing/localhost-certificate.ts"
import { type SmallServer, smallServer } from "./testing/small-server.ts"

const mail: Mail = {
  from: "millrace@example.org",
  to: ["oncall@example.org", "lead@example.org"],
  subject: "[FIRING:1] movies (payments)",
  text: "Firing\n\n.a line that begins with a dot\n* größer als erwartet\n",
  date: new Date("2026-01-02T03:04:05Z"),
  id: "1@example.org"
}
const settings = (server: SmallServer, more: Partial<SmtpSettings> = {}): SmtpSettings => ({
  host: "127.0.0.1",
  port: server.port,
  security: "none",
  from: mail.from,
  credentials: undefined,
  ...more
})

const tls = localhostCertificate
const before = getCACertificates("default")
beforeAll(() => setDefaultCACertificates([...before, tls.cert]))
afterAll(() => setDefaultCACertificates(before))

const withServer = async (
  options: Parameters<typeof smallServer>[0],
  use: (server: SmallServer) => Promise<void>
): Promise<void> => {
  const server = await smallServer(options)
  try {
    await use(server)
  } finally {
    await server.close()
  }
}

const failureOf = (more: SmtpSettings) => Effect.runPromise(Effect.flip(sendMail(more, mail)))

describe("a mail", () => {
  it("goes to every receiver, its text as it was", () =>
    withServer({}, async (server) => {
      await Effect.runPromise(sendMail(settings(server), mail))
      const [conversation] = server.conversations
      assert.strictEqual(conversation?.from, "<millrace@example.org>")
      assert.deepStrictEqual(conversation?.to, ["<oncall@example.org>", "<lead@example.org>"])
      const [head = "", body = ""] = (conversation?.text ?? "").split("\r\n\r\n")
      assert.include(head, "Subject: [FIRING:1] movies (payments)\r\n")
      assert.include(head, "Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n")
      assert.strictEqual(Buffer.from(body, "base64").toString("utf8"), mail.text.replaceAll("\n", "\r\n"))
    }))

  it("goes with a name and a password over STARTTLS, and gives them to nobody before", () =>
    withServer({ tls }, async (server) => {
      const credentials = { user: "millrace", password: "hunter2" }
      const secured = settings(server, { host: "localhost", security: "starttls", credentials })
      await Effect.runPromise(sendMail(secured, mail))
      const [conversation] = server.conversations
      assert.isTrue(conversation?.secure)
      assert.strictEqual(conversation?.credentials, "\0millrace\0hunter2")
      const words = conversation?.commands.map((line) => line.split(" ")[0])
      assert.deepStrictEqual(words, [
        "EHLO",
        "STARTTLS",
        "EHLO",
        "AUTH",
        "MAIL",
        "RCPT",
        "RCPT",
        "DATA",
        "QUIT"
      ])
    }))

  it("does not go where the certificate is another's", () =>
    withServer({ tls }, async (server) => {
      const failure = await failureOf(settings(server, { security: "starttls" }))
      assert.match(failure.message, /IP: 127\.0\.0\.1|altnames|certificate/i)
      assert.isUndefined(server.conversations[0]?.from)
    }))

  it("does not go in the clear where TLS is asked for", () =>
    withServer({}, async (server) => {
      const failure = await failureOf(settings(server, { security: "starttls" }))
      assert.deepInclude(failure, { stage: "STARTTLS", permanent: true })
      assert.deepStrictEqual(server.conversations[0]?.commands.length, 1)
    }))

  it("says what the server said, and whether it will ever take it", async () => {
    await withServer({ replies: { RCPT: "550 no such user" } }, async (server) => {
      const failure = await failureOf(settings(server))
      assert.deepInclude(failure, { stage: "RCPT", reply: "550 no such user", permanent: true })
    })
    await withServer({ replies: { MAIL: "451-busy\r\n451 try later" } }, async (server) => {
      const failure = await failureOf(settings(server))
      assert.deepInclude(failure, { stage: "MAIL", reply: "451 busy try later", permanent: false })
    })
  })

  it("fails where nobody listens", async () => {
    const server = await smallServer()
    await server.close()
    assert.isFalse((await failureOf(settings(server))).permanent)
  })
})

describe("the text of a mail", () => {
  it("lets no name break out of the subject", () => {
    const text = mailText({ ...mail, subject: "movies\r\nBcc: everybody@example.org" })
    const [head = ""] = text.split("\r\n\r\n")
    assert.notMatch(head, /^Bcc:/m)
    assert.match(head, /^Subject: =\?utf-8\?B\?/m)
  })

  it("keeps every line short enough", () => {
    const text = mailText({ ...mail, subject: "ö".repeat(300), text: "x".repeat(5_000) })
    for (const line of text.split("\r\n")) assert.isAtMost(line.length, 78)
    const words = [...text.matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)].map(([, word = ""]) =>
      Buffer.from(word, "base64").toString("utf8")
    )
    assert.strictEqual(words.join(""), "ö".repeat(300))
  })
})
