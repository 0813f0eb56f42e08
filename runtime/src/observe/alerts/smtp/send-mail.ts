import { hostname } from "node:os"
import * as Effect from "effect/Effect"
import type { SmtpSettings } from "../notify/notify-settings.ts"
import { type Mail, mailText } from "./mail-text.ts"
import { SmtpConnection } from "./smtp-connection.ts"
import { SmtpError } from "./smtp-error.ts"

/** How long a server may be silent. */
const timeoutMs = 30_000

/**
 * Hands one mail to a server (RFC 5321, STARTTLS by RFC 3207, AUTH PLAIN by RFC 4954). Taken when it answers; fails with an
 * `SmtpError`. Credentials go over TLS alone, and only where the server's certificate is that of its name.
 */
export const sendMail = (settings: SmtpSettings, mail: Mail): Effect.Effect<void, SmtpError> =>
  Effect.acquireUseRelease(
    attempt(() =>
      SmtpConnection.open(
        { host: settings.host, port: settings.port, tls: settings.security === "tls" },
        timeoutMs
      )
    ),
    (connection) => attempt(() => converse(connection, settings, mail)),
    (connection) => Effect.sync(() => connection.close())
  )

const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, SmtpError> =>
  Effect.tryPromise({
    try: run,
    catch: (error) =>
      error instanceof SmtpError
        ? error
        : new SmtpError({ stage: "connect", reply: String(error), permanent: false })
  })

const converse = async (connection: SmtpConnection, settings: SmtpSettings, mail: Mail): Promise<void> => {
  const greeting = `EHLO ${clientName()}`
  let offers = (await connection.command("EHLO", greeting, [250])).lines
  if (settings.security === "starttls") {
    if (!offers.some((offer) => /^STARTTLS$/i.test(offer)))
      throw refusal("STARTTLS", "the server offers no STARTTLS")
    await connection.command("STARTTLS", "STARTTLS", [220])
    await connection.secure()
    offers = (await connection.command("EHLO", greeting, [250])).lines
  }
  const { credentials } = settings
  if (credentials !== undefined) {
    if (settings.security === "none") throw refusal("AUTH", "a password is not sent in the clear")
    if (!offers.some((offer) => /^AUTH(?: .*)? PLAIN(?: |$)/i.test(offer)))
      throw refusal("AUTH", "the server offers no AUTH PLAIN")
    const plain = Buffer.from(`\0${credentials.user}\0${credentials.password}`, "utf8").toString("base64")
    await connection.command("AUTH", `AUTH PLAIN ${plain}`, [235])
  }
  await connection.command("MAIL", `MAIL FROM:<${mail.from}>`, [250])
  for (const to of mail.to) await connection.command("RCPT", `RCPT TO:<${to}>`, [250, 251])
  await connection.command("DATA", "DATA", [354])
  // No line of base64 and no header begins with a dot, but what does is doubled all the same.
  const text = mailText(mail).replaceAll(/^\./gm, "..")
  await connection.command("DATA", `${text}.`, [250])
  // It is taken; how the parting goes changes nothing.
  await connection.command("QUIT", "QUIT", [221]).catch(() => undefined)
}

const refusal = (stage: string, reply: string): SmtpError => new SmtpError({ stage, reply, permanent: true })

/** A name that a server takes after EHLO: letters, digits, hyphens and dots. */
const clientName = (): string => {
  const name = hostname()
  return /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name) ? name : "localhost"
}
