import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { HttpServers, textOf } from "../testing/http-servers.ts"

const servers = new HttpServers()
beforeAll(() => servers.open())
afterAll(() => servers.close())

describe("a secret", () => {
  const auth = { secret: "TOKEN", header: "authorization", prefix: "Bearer ", basicUser: null }

  it("stands in the place of what the plugin put there, and not in what comes back", async () => {
    servers.answer = ({ headers }, response) => response.end(String(headers.authorization))
    assert.strictEqual(
      textOf(await servers.ask(servers.payload({ auth, headers: { Authorization: "mine" } }))),
      "Bearer ***"
    )
    servers.answer = ({ headers }, response) =>
      response.end(headers.authorization === "Bearer a-secret-token" ? "right" : "wrong")
    assert.strictEqual(textOf(await servers.ask(servers.payload({ auth }))), "right")
  })

  it("is refused where it was not granted, for this or for this use, and named when it is not set", async () => {
    servers.answer = (_request, response) => response.end()
    const codes = await Promise.all([
      servers.codeOf(servers.payload({ auth: { ...auth, secret: "SIGN" } })),
      servers.codeOf(servers.payload({ auth: { ...auth, secret: "__proto__" } })),
      servers.codeOf(
        servers.payload({
          sign: { scheme: "aws-sig-v4", secret: "TOKEN", accessKeyId: "A", region: "r", service: "s" }
        })
      )
    ])
    assert.deepEqual(codes, ["PERMISSION_DENIED", "PERMISSION_DENIED", "PERMISSION_DENIED"])
    assert.match(
      textOf(await servers.ask(servers.payload({ auth: { ...auth, secret: "UNSET" } }))),
      /^SECRET_MISSING: .*UNSET/
    )
  })

  it("is revealed to the handle that was granted to see it, and to no other", async () => {
    const reveal = { operation: "reveal" }
    const seen = await servers.ask({ secret: "TOKEN" }, { ...reveal, handle: "seen" })
    assert.deepEqual("result" in seen ? seen.result : undefined, { value: "a-secret-token" })
    for (const [handle, secret] of [
      ["api", "TOKEN"],
      ["seen", "SIGN"],
      ["home", "TOKEN"],
      ["seen", undefined]
    ] as const)
      assert.strictEqual(await servers.codeOf({ secret }, { ...reveal, handle }), "PERMISSION_DENIED")
  })
})

describe("a variable of the environment", () => {
  it("is read by its exact name alone, and the platform's own never", async () => {
    const env = { operation: "env" }
    const found = await servers.ask({ name: "APP_HOME" }, { ...env, handle: "home" })
    assert.deepEqual("result" in found ? found.result : undefined, { value: "/srv" })
    for (const name of [
      "APP_",
      "APP_HOME_SECRET",
      "app_home",
      "PATH",
      "APP_HOME\0",
      "__proto__",
      5,
      undefined
    ])
      assert.strictEqual(await servers.codeOf({ name }, { ...env, handle: "home" }), "PERMISSION_DENIED")
    assert.strictEqual(
      await servers.codeOf({ name: "MILLRACE_SECRET_KEY" }, { ...env, handle: "own" }),
      "PERMISSION_DENIED"
    )
  })
})
