import { DatabaseSync } from "node:sqlite"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { testServer } from "../testing/own-database.ts"
import { failureOf, listen, makeTestRegistry, run, type TestRegistry } from "../testing/test-registry.ts"
import { Database, inTransaction } from "../store/database.ts"
import { AuditLog } from "./audit-log.ts"

const append = (target: string) =>
  AuditLog.use((audit) => audit.append({ actor: "ann", action: "test", target }))

/** Changes the store behind the registry's back, as an intruder with the file would. */
const tamper = (registry: TestRegistry, sql: string): void => {
  const database = new DatabaseSync(join(registry.folder, "registry.db"))
  database.exec("DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_goes;")
  database.exec(sql)
  database.close()
}

describe("AuditLog", () => {
  it("has an entry for every write, with who did it, and none for reads", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    await run(client.registerSchema({ params: { subject: "a" }, body: { schema: "string" } }))
    await run(client.setCompatibility({ params: { subject: "a" }, body: { compatibility: "NONE" } }))
    const token = await run(client.createToken({ body: { name: "ci", scopes: ["read"] } }))
    await run(client.revokeToken({ params: { id: token.id } }))
    await run(client.listPackages())
    const { entries } = await run(client.listAudit())
    assert.deepEqual(
      entries.map(({ action, actor }) => `${actor} ${action}`),
      [
        "test-admin token.revoke",
        "test-admin token.issue",
        "test-admin subject.compatibility",
        "test-admin subject.register",
        "system token.issue"
      ]
    )
    assert.notInclude(JSON.stringify(entries), token.token)
    const page = await run(client.listAudit({ query: { limit: 2, after: "4" } }))
    assert.deepEqual(
      page.entries.map(({ sequence }) => sequence),
      [3, 2]
    )
    assert.equal(page.next, "2")
  })

  it.skipIf(testServer !== undefined)(
    "holds as a chain, and shows the first entry that was changed, removed or put in",
    async () => {
      const changes: readonly (readonly [string, number])[] = [
        ["UPDATE audit SET actor = 'eve' WHERE sequence = 3", 3],
        ["UPDATE audit SET detail = '{\"x\":1}' WHERE sequence = 1", 1],
        ["DELETE FROM audit WHERE sequence = 4", 4],
        ["UPDATE audit SET at = at + 1 WHERE sequence = 5", 5]
      ]
      for (const [sql, brokenAt] of changes) {
        await using registry = await makeTestRegistry()
        await registry.runtime.runPromise(Effect.forEach(["a", "b", "c", "d"], append))
        const verify = AuditLog.use((audit) => audit.verify)
        assert.deepInclude(await registry.runtime.runPromise(verify), { entries: 5, brokenAt: null })
        tamper(registry, sql)
        assert.deepInclude(await registry.runtime.runPromise(verify), { brokenAt }, sql)
      }
    }
  )

  it("cannot be changed or shortened through the store", async () => {
    await using registry = await makeTestRegistry()
    for (const sql of ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit"]) {
      const error = await registry.runtime.runPromise(
        Effect.flip(inTransaction(Database.use((database) => database.rows(sql))))
      )
      assert.match(String(error.cause), /append-only/)
    }
  })

  it("takes an entry back with the transaction that it belongs to", async () => {
    await using registry = await makeTestRegistry()
    const failed = inTransaction(Effect.andThen(append("never"), Effect.fail("no")))
    assert.equal(await registry.runtime.runPromise(Effect.flip(failed)), "no")
    const { entries } = await registry.runtime.runPromise(AuditLog.use((audit) => audit.list({})))
    assert.notInclude(JSON.stringify(entries), "never")
  })

  it("is shown to administrators alone", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { token } = await run(server.client.createToken({ body: { name: "ci", scopes: ["pipelines"] } }))
    const reply = await fetch(`${server.url}/api/audit`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(reply.status, 403)
    assert.equal(
      (await failureOf(server.client.revokeToken({ params: { id: 99 } }))).message,
      "There is no token 99 in force"
    )
  })
})
