import { createServer } from "node:http"
import type { IncomingHttpHeaders, Server } from "node:http"
import { afterAll, assert, beforeAll, beforeEach, describe, it } from "vitest"
import { TokenFailure } from "../../../transport/kafka/client/wire.ts"
import { expiryOf, keptToken } from "./kept-token.ts"
import { tokensOf } from "./token-source.ts"

const jwt = (exp: number): string =>
  `${Buffer.from("{}").toString("base64url")}.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.`

const failureOf = async (token: Promise<string>): Promise<TokenFailure> => {
  try {
    await token
  } catch (cause) {
    if (cause instanceof TokenFailure) return cause
    throw cause
  }
  throw new Error("there is a token")
}

describe("a token that is kept", () => {
  it("is one for all connections until four fifths of its time have passed, then another", async () => {
    let now = 0
    let asked = 0
    const token = keptToken(
      () => Promise.resolve({ value: `token ${++asked}`, expiresAt: now + 1_000 }),
      () => now
    )
    assert.deepStrictEqual(await Promise.all([token(), token()]), ["token 1", "token 1"])
    now = 799
    assert.strictEqual(await token(), "token 1")
    now = 800
    assert.strictEqual(await token(), "token 2")
  })

  it("is asked for at each connection where nobody says when it expires, and after a failure", async () => {
    let asked = 0
    const token = keptToken(() =>
      ++asked === 2
        ? Promise.reject(new TokenFailure("unavailable", "away"))
        : Promise.resolve({ value: `token ${asked}`, expiresAt: undefined })
    )
    assert.strictEqual(await token(), "token 1")
    assert.strictEqual((await failureOf(token())).message, "away")
    assert.strictEqual(await token(), "token 3")
  })

  it("says when it expires where it is a JWT", () => {
    assert.strictEqual(expiryOf(jwt(1_700_000_000)), 1_700_000_000_000)
    assert.isUndefined(expiryOf("opaque"))
    assert.isUndefined(expiryOf("a.b.c"))
  })
})

describe("tokens of an endpoint", () => {
  const asked: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = []
  const answers: { readonly status: number; readonly body: string }[] = []
  let server: Server
  let tokenUrl = ""
  beforeAll(async () => {
    server = createServer((request, reply) => {
      let body = ""
      request.setEncoding("utf8").on("data", (text: string) => (body += text))
      request.on("end", () => {
        asked.push({ headers: request.headers, body })
        const answer = answers.shift() ?? { status: 200, body: '{"access_token":"t","expires_in":300}' }
        reply.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body)
      })
    })
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
    const address = server.address()
    tokenUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/token`
  })
  beforeEach(() => void (asked.length = 0))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const tokens = (more: { readonly scope?: string } = {}) =>
    tokensOf({ endpoint: { tokenUrl, clientId: "mill race", clientSecret: { text: "hush:%" }, ...more } })

  it("are asked for by the client's credentials, once for their time", async () => {
    const token = tokens({ scope: "kafka" })
    assert.deepStrictEqual([await token(), await token()], ["t", "t"])
    assert.lengthOf(asked, 1)
    assert.strictEqual(asked[0]?.body, "grant_type=client_credentials&scope=kafka")
    const [, basic = ""] = /^Basic (.*)$/.exec(asked[0]?.headers.authorization ?? "") ?? []
    assert.strictEqual(Buffer.from(basic, "base64").toString(), "mill+race:hush%3A%25")
  })

  it("are refused with the endpoint's words, and without the secret", async () => {
    answers.push({ status: 401, body: '{"error":"invalid_client","error_description":"who are you"}' })
    const { message, reason } = await failureOf(tokens()())
    assert.strictEqual(reason, "refused")
    assert.match(message, /401: invalid_client: who are you/)
    assert.notInclude(message, "hush")
  })

  it("may come later where the endpoint fails, or is not there", async () => {
    answers.push({ status: 503, body: "" })
    assert.strictEqual((await failureOf(tokens()())).reason, "unavailable")
    const nobody = tokensOf({
      endpoint: { tokenUrl: "http://127.0.0.1:1/token", clientId: "a", clientSecret: { text: "b" } }
    })
    assert.strictEqual((await failureOf(nobody())).reason, "unavailable")
  })

  it("are none where the answer has none", async () => {
    answers.push({ status: 200, body: "{}" })
    assert.match((await failureOf(tokens()())).message, /without an access_token/)
  })
})

describe("tokens of a command", () => {
  const printing = (script: string) => tokensOf({ command: [process.execPath, "-e", script] })

  it("are what it prints", async () => {
    assert.strictEqual(await printing("console.log('printed')")(), "printed")
  })

  it("are none where it fails or prints nothing, without what it printed", async () => {
    const failed = await failureOf(printing("console.log('hush'); process.exit(3)")())
    assert.match(failed.message, /ended with 3/)
    assert.notInclude(failed.message, "hush")
    assert.match((await failureOf(printing("")())).message, /printed no token/)
    assert.match((await failureOf(tokensOf({ command: ["/nowhere/token"] })())).message, /ENOENT/)
  })
})
