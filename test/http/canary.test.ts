import { createHmac, randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import {
  command,
  type CommandResult,
  type Platform,
  root,
  temporaryFolder,
  until,
  up
} from "../input/program.ts"
import { type Listener, listenEverywhere, serve } from "./listener.ts"
import { descendants, filesWith, formsOf, holds, memoryHolds } from "./traces.ts"

// A random value is set as a secret, and used by a plugin that gives away whatever it sees, towards a server that echoes
// whatever it gets. The value may be found at its destination, and nowhere else.

const value = `c4n/ry+"${randomBytes(18).toString("base64")}`
const forms = formsOf(value)
const folder = temporaryFolder()
let platform: Platform
let proxy: Listener
let destination: Awaited<ReturnType<typeof serve>>
let elsewhere: Awaited<ReturnType<typeof serve>>
const received: {
  readonly url: string
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}[] = []
const strays: string[] = []

const ways = ["output", "error", "failure", "again"]
const secretSet = (name: string, text: string): Promise<CommandResult> =>
  command(["secret", "set", name, "--data", platform.data, "--json"], { input: `${text}\n` })

beforeAll(async () => {
  proxy = await listenEverywhere()
  destination = await serve((request, response, body) => {
    const seen = { url: request.url ?? "", headers: request.headers, body: body.toString() }
    received.push(seen)
    const auth = String(request.headers.authorization ?? request.headers["x-mine"])
    const token = auth.replace(/^\w+ /, "")
    if (request.url?.startsWith("/redirect") === true)
      return response.writeHead(307, { location: `${elsewhere.origin}/echo` }).end()
    if (request.url?.startsWith("/again") === true)
      return response.writeHead(307, { location: `/echo?from=${encodeURIComponent(token)}` }).end()
    response.setHeader("x-echo", token)
    response.setHeader("set-cookie", [`a=${encodeURIComponent(token)}`, "b=2"])
    const decoded = Buffer.from(token, "base64").toString()
    return response.end(
      JSON.stringify({
        ...seen,
        token,
        decoded,
        bare: decoded.slice(5),
        base64: Buffer.from(token).toString("base64")
      })
    )
  })
  elsewhere = await serve((request, response, body) => {
    strays.push(JSON.stringify([request.headers, body.toString()]))
    response.end("elsewhere")
  })
  const proxies = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"].map(
    (name) => `${name}=http://127.0.0.1:${proxy.port}`
  )
  platform = await up({
    data: join(folder.path, "data"),
    wrapper: ["env", "NODE_USE_ENV_PROXY=1", ...proxies, "NO_PROXY="]
  })
  mkdirSync(join(folder.path, "in"))
  writeFileSync(join(folder.path, "in/ways.txt"), `${ways.join("\n")}\n`)
})
afterAll(async () => {
  await platform.stop()
  await proxy.close()
  await destination.close()
  await elsewhere.close()
  folder.remove()
})

const file = join(folder.path, "hunt.pipeline.yaml")
const plugins = relative(folder.path, join(root, "test/http/fixtures/hunter.ts"))
const texts: string[] = []

describe("a canary secret", () => {
  it("is set without being shown", async () => {
    const set = await secretSet("CANARY", value)
    assert.strictEqual(set.exit, 0, set.stderr)
    assert.strictEqual((await secretSet("OTHER", "a value that nobody granted")).exit, 0)
    texts.push(set.stdout, set.stderr)
  })

  it("is granted for one destination, which the plan shows", async () => {
    const config = JSON.stringify({ url: destination.origin, elsewhere: elsewhere.origin })
    writeFileSync(
      file,
      `pipeline: hunt
nodes:
  ways: { source: "${plugins}#ways", with: { path: in/ways.txt } }
  hunter: { use: "${plugins}#hunter", from: ways, with: ${config}, stream: t.hunted }
`
    )
    const { stdout } = await platform.command("plan", file)
    assert.include(stdout, `send the secret CANARY to ${destination.origin}`)
    assert.include(stdout, `sign requests to ${destination.origin} with the secret CANARY`)
    assert.notInclude(stdout, "secret OTHER")
    const applied = await platform.command("apply", file, "--grant")
    assert.strictEqual(applied.exit, 0, applied.stderr)
    await until(
      async () => JSON.parse((await platform.command("status", "hunt", "--json")).stdout),
      (status: { readonly state: string }) => status.state === "completed"
    )
    texts.push(stdout, applied.stdout, applied.stderr)
  })

  it("arrived at its destination, as a token, as a password and as a signature", () => {
    const sent = received.map(({ headers }) => headers)
    assert.isTrue(sent.some(({ authorization }) => authorization === `Bearer ${value}`))
    const basic = `Basic ${Buffer.from(`user:${value}`).toString("base64")}`
    assert.isTrue(sent.some(({ authorization }) => authorization === basic))
    assert.isTrue(sent.some((headers) => headers["x-mine"] === value))
    const signed = received.filter(({ headers }) => headers["x-signature"] !== undefined)
    assert.isNotEmpty(signed)
    for (const { body, headers } of signed)
      assert.strictEqual(
        headers["x-signature"],
        createHmac("sha256", value)
          .update(`${String(headers["x-time"])}.${body}`)
          .digest("hex")
      )
  })

  it("did not follow a redirect, and was not sent elsewhere on demand", () => {
    assert.isNotEmpty(strays)
    for (const stray of strays) {
      assert.isFalse(holds(Buffer.from(stray), forms), stray)
      assert.notMatch(stray, /authorization|x-signature|x-mine/)
    }
    assert.strictEqual(proxy.connections(), 0)
  })

  it("stands in no record, dead letter, log line, metric or answer of the API", async () => {
    const ask = async (...args: readonly string[]) => (await platform.command(...args)).stdout
    const outputs = await ask("topic", "read", "t.hunted", "-n", "100", "--json")
    assert.include(outputs, "body of output")
    assert.include(outputs, "***")
    const letters = await ask("dlq", "list", "hunt", "--json")
    assert.strictEqual(JSON.parse(letters).length, 2)
    const logs = await ask("logs", "hunt", "--json")
    assert.isNotEmpty(logs)
    texts.push(outputs, letters, logs, await ask("secret", "list"), await ask("pipeline", "show", "hunt"))
    for (const path of ["/metrics", "/api/secrets", "/api/audit", "/api/status", "/api/status/hunt", "/"]) {
      const token = readFileSync(join(platform.data, "token"), "utf8").trim()
      const reply = await fetch(`${platform.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
      assert.strictEqual(reply.status, 200, path)
      texts.push(await reply.text())
    }
    for (const text of [...texts, ...platform.lines]) assert.isFalse(holds(Buffer.from(text), forms), text)
  })

  it("is in no file of the data folder, and in no argument or environment of a process", () => {
    assert.deepEqual(filesWith(platform.data, forms), [])
    for (const pid of [platform.pid, ...descendants(platform.pid)])
      for (const name of ["cmdline", "environ"])
        assert.isFalse(holds(readFileSync(`/proc/${pid}/${name}`), forms), `${pid} ${name}`)
  })

  it("is in the memory of no sandbox process", async () => {
    const { body } = await platform.get("/api/status")
    const sandboxes = pidsIn(body).flatMap((pid) => [pid, ...descendants(pid)])
    assert.isNotEmpty(sandboxes)
    const found = sandboxes.map((pid) => memoryHolds(pid, forms))
    assert.include(found, false, "no sandbox's memory could be read")
    assert.notInclude(found, true)
    // The search itself works: the plugin's own text is there.
    assert.include(
      sandboxes.map((pid) => memoryHolds(pid, [Buffer.from("MILLRACE_SECRET_KEY")])),
      true
    )
  })
})

const pidsIn = (body: unknown): readonly number[] => {
  const { sandboxes } = Object(body)
  return Array.isArray(sandboxes) ? sandboxes.map((each) => Number(Object(each).pid)) : []
}
