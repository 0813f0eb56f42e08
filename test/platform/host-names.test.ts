import { request } from "node:http"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, up } from "../input/program.ts"

// A platform that others reach: it answers under the names that it was given, and under no other.

const folder = temporaryFolder()
let platform: Platform

beforeAll(async () => {
  const flags = ["--host", "0.0.0.0", "--allow-host", "Millrace.example.com"]
  // Its own publishing goes by the address that it tells.
  platform = await up({ data: join(folder.path, "data"), flags, publish: [join(root, "plugins/filter")] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const statusUnder = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(platform.url)
    const options = { host: "127.0.0.1", port, path: "/api/health", headers: { host: `${host}:${port}` } }
    request(options, (reply) => {
      reply.resume()
      resolve(reply.statusCode ?? 0)
    })
      .once("error", reject)
      .end()
  })

describe("up --host --allow-host", () => {
  it("answers as localhost, and under the names that are allowed", async () => {
    assert.strictEqual(new URL(platform.url).hostname, "localhost")
    for (const name of ["localhost", "127.0.0.1", "millrace.example.com", "MILLRACE.example.com"])
      assert.strictEqual(await statusUnder(name), 200, name)
  })

  it("refuses every other name, which a page could point at this machine", async () => {
    for (const name of ["example.com", "evil.millrace.example.com", "0.0.0.0", "10.0.0.5"])
      assert.notStrictEqual(await statusUnder(name), 200, name)
  })
})
