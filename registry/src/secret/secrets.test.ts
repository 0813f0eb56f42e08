import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { AuditLog } from "../audit/audit-log.ts"
import { registryLayer, type RegistryOptions } from "../registry-layer.ts"
import { rotationFailpoints } from "../store/failpoint.ts"
import { sandboxManifestReader } from "../testing/sandbox-manifest-reader.ts"
import { listen, makeTestRegistry, refusalOf } from "../testing/test-registry.ts"
import { Secrets, type SecretsShape } from "./secrets.ts"

const canary = "c4nary-\u00e9-value-of-a-secret"

let folder = ""
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-secrets-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Opens the registry of the folder, asks, and closes it: as another start would find it. */
const ask = async <A, E>(
  work: (secrets: SecretsShape) => Effect.Effect<A, E, AuditLog>,
  options: RegistryOptions = {}
): Promise<A> => {
  const runtime = ManagedRuntime.make(
    registryLayer(folder, options).pipe(Layer.provide(sandboxManifestReader))
  )
  try {
    return await runtime.runPromise(Secrets.use(work))
  } finally {
    await runtime.dispose()
  }
}
const codeOf = <A, E>(work: (secrets: SecretsShape) => Effect.Effect<A, E>, options?: RegistryOptions) =>
  ask((secrets) => Effect.flip(work(secrets)), options).then((error) => Reflect.get(Object(error), "code"))
const set = (name: string, value: string) => (secrets: SecretsShape) =>
  secrets.set({ name, value, actor: "ann" })
const value = (name: string) => (secrets: SecretsShape) => secrets.value(name)

/** Everything that the registry wrote but its key. */
const written = (): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("secrets.key"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString("latin1"))
    .join("\n")
const keyFile = () => join(folder, "secrets.key")

describe("Secrets", () => {
  it("keep a value over restarts, change it, and forget it", async () => {
    await ask(set("TOKEN", canary))
    assert.strictEqual(await ask(value("TOKEN")), canary)
    await ask(set("TOKEN", "another value"))
    assert.strictEqual(await ask(value("TOKEN")), "another value")
    await ask((secrets) => secrets.delete("TOKEN", "ann"))
    assert.isUndefined(await ask(value("TOKEN")))
    assert.strictEqual(await codeOf((secrets) => secrets.delete("TOKEN", "ann")), "SECRET_UNKNOWN")
  })

  it("write the value nowhere but sealed, and say in the audit log who set what", async () => {
    await ask(set("TOKEN", canary))
    assert.notInclude(written(), Buffer.from(canary).toString("latin1"))
    assert.notInclude(written(), Buffer.from(canary).toString("base64"))
    const { entries } = await ask(() => AuditLog.use((audit) => audit.list({ limit: 10 })))
    assert.deepInclude(entries[0], { actor: "ann", action: "secret.set", target: "TOKEN" })
    assert.notInclude(JSON.stringify(entries), "c4nary")
    assert.strictEqual(statSync(keyFile()).mode & 0o777, 0o600)
  })

  it("refuse what could not be kept secret", async () => {
    for (const bad of ["", "short", "x".repeat(70_000), "lone \ud800 surrogate"])
      assert.strictEqual(await codeOf(set("TOKEN", bad)), "SECRET_INVALID")
  })

  it("do not open without their key, and can then be set again", async () => {
    await ask(set("TOKEN", canary))
    rmSync(keyFile())
    assert.strictEqual(await codeOf(value("TOKEN")), "SECRET_UNREADABLE")
    assert.deepInclude((await ask((secrets) => secrets.list))[0], { name: "TOKEN", readable: false })
    await ask(set("TOKEN", "set anew, after the key was lost"))
    assert.strictEqual(await ask(value("TOKEN")), "set anew, after the key was lost")
  })

  it("take a key that is given, and do not rotate it", async () => {
    const secretKey = { text: Buffer.alloc(32, 7).toString("base64") }
    await ask(set("TOKEN", canary), { secretKey })
    assert.isFalse(existsSync(keyFile()))
    assert.strictEqual(await ask(value("TOKEN"), { secretKey }), canary)
    assert.strictEqual(await codeOf((secrets) => secrets.rotate("ann"), { secretKey }), "SECRET_KEY_GIVEN")
    const other = { secretKey: { text: "ab".repeat(32) } }
    assert.strictEqual(await codeOf(value("TOKEN"), other), "SECRET_UNREADABLE")
  })

  it("are sealed under a new key by a rotation, and the old one is gone", async () => {
    await ask(set("TOKEN", canary))
    const before = readFileSync(keyFile(), "utf8")
    assert.deepInclude(await ask((secrets) => secrets.rotate("ann")), { secrets: 1 })
    assert.notStrictEqual(readFileSync(keyFile(), "utf8"), before)
    assert.isFalse(existsSync(`${keyFile()}.next`))
    assert.strictEqual(await ask(value("TOKEN")), canary)
    assert.strictEqual(await codeOf(value("TOKEN"), { secretKey: { text: before } }), "SECRET_UNREADABLE")
  })

  it.each(rotationFailpoints)("survive a rotation that is killed at %s", async (moment) => {
    await ask(set("TOKEN", canary))
    await ask(set("OTHER", "another value"))
    const script = join(import.meta.dirname, "../testing/rotate-and-die.ts")
    const { signal } = spawnSync(process.execPath, ["--no-node-snapshot", script, folder, moment])
    assert.strictEqual(signal, "SIGKILL")
    assert.strictEqual(await ask(value("TOKEN")), canary)
    assert.strictEqual(await ask(value("OTHER")), "another value")
    assert.isFalse(existsSync(`${keyFile()}.next`))
    await ask((secrets) => secrets.rotate("ann"))
    assert.strictEqual(await ask(value("TOKEN")), canary)
  })
})

describe("the API of secrets", () => {
  it("takes a value and never gives it back, not even of a request that it refuses", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    const params = { secret: "TOKEN" }
    const done = await Effect.runPromise(client.setSecret({ params, body: { value: canary } }))
    const { secrets } = await Effect.runPromise(client.listSecrets({}))
    assert.deepInclude(secrets[0], { name: "TOKEN", createdBy: "test-admin", readable: true })
    assert.notInclude(JSON.stringify([done, secrets]), "c4nary")
    const send = (body: string) =>
      registry.request("/api/secrets/TOKEN", {
        method: "PUT",
        headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/json" },
        body
      })
    for (const body of [
      JSON.stringify({ value: [canary] }),
      JSON.stringify({ value: canary, more: canary }),
      JSON.stringify(canary),
      `{"value":"${canary}`
    ]) {
      const reply = await send(body)
      assert.strictEqual(reply.status, 400)
      assert.notInclude(JSON.stringify(await refusalOf(reply)), "c4nary")
    }
    await Effect.runPromise(client.rotateSecrets({}))
    await Effect.runPromise(client.deleteSecret({ params }))
    assert.deepEqual((await Effect.runPromise(client.listSecrets({}))).secrets, [])
  })
})
