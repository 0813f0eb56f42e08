import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { AuditLog } from "../audit/audit-log.ts"
import { failureOf, listen, makeTestRegistry, run } from "../testing/test-registry.ts"
import { Grants } from "./grants.ts"
import { type NewRevision, Pipelines } from "./pipelines.ts"

const revision = (expectedRevision: number, change: Partial<NewRevision> = {}): NewRevision => ({
  pipeline: "movies",
  owner: "studio-data",
  text: `pipeline: movies # ${expectedRevision}`,
  canonical: "{}",
  planHash: `hash-${expectedRevision}`,
  planJson: `{"plan":${expectedRevision}}`,
  expectedRevision,
  actor: "ann",
  ...change
})

const save = (next: NewRevision) => Pipelines.use((pipelines) => pipelines.save(next))
const params = { pipeline: "movies" }

describe("Pipelines", () => {
  it("keeps every revision with its text, plan, hash, who and when", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    await registry.runtime.runPromise(save(revision(0)))
    await registry.runtime.runPromise(save(revision(1, { actor: "bob" })))
    const { revisions } = await run(server.client.listRevisions({ params }))
    assert.deepEqual(
      revisions.map((each) => [each.revision, each.planHash, each.appliedBy]),
      [
        [2, "hash-1", "bob"],
        [1, "hash-0", "ann"]
      ]
    )
    const first = await run(server.client.getRevision({ params: { ...params, revision: 1 } }))
    assert.equal(first.text, "pipeline: movies # 0")
    const shown = await run(server.client.getPipeline({ params }))
    assert.deepInclude(shown, { revision: 2, desired: "running", owner: "studio-data" })
    const plan = await registry.runtime.runPromise(Pipelines.use((pipelines) => pipelines.plan("movies")))
    assert.deepEqual(plan, { pipeline: "movies", revision: 2, planHash: "hash-1", planJson: `{"plan":1}` })
  })

  it("refuses a revision whose plan saw another one, and lets one of two simultaneous ones win", async () => {
    await using registry = await makeTestRegistry()
    await registry.runtime.runPromise(save(revision(0)))
    const stale = await registry.runtime.runPromise(Effect.flip(save(revision(0))))
    assert.deepInclude(stale, { code: "PIPELINE_CHANGED", status: 409 })
    const both = await registry.runtime.runPromise(
      Effect.all([Effect.result(save(revision(1))), Effect.result(save(revision(1)))], { concurrency: 2 })
    )
    assert.sameMembers(
      both.map(({ _tag }) => _tag),
      ["Success", "Failure"]
    )
  })

  it("pauses, resumes and deletes; a deleted one keeps its history and can be applied again", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    await registry.runtime.runPromise(save(revision(0)))
    for (const desired of ["paused", "running", "deleted"] as const) {
      const shown = await run(client.setDesiredState({ params, body: { desired } }))
      assert.deepInclude(shown, {
        desired,
        changedBy: desired === "running" ? "test-admin" : shown.changedBy
      })
    }
    assert.deepEqual((await run(client.listPipelines())).pipelines, [])
    assert.equal((await run(client.listPipelines({ query: { deleted: "true" } }))).pipelines.length, 1)
    await registry.runtime.runPromise(save(revision(1)))
    assert.equal((await run(client.listRevisions({ params }))).revisions.length, 2)
    assert.equal((await run(client.getPipeline({ params }))).desired, "running")
  })

  it("tells subscribers which pipeline was changed, after the change is durable", async () => {
    await using registry = await makeTestRegistry()
    const seen = await registry.runtime.runPromise(
      Effect.gen(function* () {
        const pipelines = yield* Pipelines
        const reader = yield* pipelines.changes.pipe(
          Stream.mapEffect((name) =>
            Effect.map(pipelines.get(name), ({ revision: number }) => `${name} ${number}`)
          ),
          Stream.take(2),
          Stream.runCollect,
          Effect.forkChild({ startImmediately: true })
        )
        yield* pipelines.save(revision(0))
        yield* pipelines.setDesired("movies", "paused", "ann")
        return yield* Fiber.join(reader)
      })
    )
    assert.deepEqual(seen, ["movies 1", "movies 1"])
  })

  it("says what it does not have", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    const missing = client.setDesiredState({ params, body: { desired: "paused" } })
    assert.deepInclude(await failureOf(missing), { code: "PIPELINE_UNKNOWN" })
    await registry.runtime.runPromise(save(revision(0)))
    const other = client.getRevision({ params: { ...params, revision: 2 } })
    assert.deepInclude(await failureOf(other), { code: "REVISION_UNKNOWN" })
  })
})

describe("Grants", () => {
  const read = { kind: "read", path: "/data/movies.json" } as const

  it("allow exactly what was granted, from the grant to its end, and keep who and when", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    const allows = (node: string, permission: { readonly kind: "read"; readonly path: string }) =>
      registry.runtime.runPromise(
        Grants.use((grants) => grants.allows({ pipeline: "movies", node, permission }))
      )
    assert.isFalse(await allows("films", read))
    const granted = await run(client.createGrant({ params, body: { node: "films", permission: read } }))
    const again = await run(client.createGrant({ params, body: { node: "films", permission: read } }))
    assert.deepEqual(again, granted)
    assert.isTrue(await allows("films", read))
    assert.isTrue(await allows("films", { path: "/data/movies.json", kind: "read" }))
    assert.isFalse(await allows("films", { kind: "read", path: "/data" }))
    assert.isFalse(await allows("other", read))
    await run(client.revokeGrant({ params: { ...params, id: granted.id } }))
    assert.isFalse(await allows("films", read))
    assert.deepEqual((await run(client.listGrants({ params }))).grants, [])
    const { grants } = await run(client.listGrants({ params, query: { revoked: "true" } }))
    assert.deepInclude(grants[0], { grantedBy: "test-admin", revokedBy: "test-admin", permission: read })
    const twice = client.revokeGrant({ params: { ...params, id: granted.id } })
    assert.deepInclude(await failureOf(twice), { code: "GRANT_UNKNOWN" })
  })

  it("cannot be revoked through another pipeline's name", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    const granted = await run(client.createGrant({ params, body: { node: "films", permission: read } }))
    const error = await failureOf(client.revokeGrant({ params: { pipeline: "other", id: granted.id } }))
    assert.deepInclude(error, { code: "GRANT_UNKNOWN" })
  })

  it("are given all together", async () => {
    await using registry = await makeTestRegistry()
    const requests = ["a", "b"].map((node) => ({ pipeline: "movies", node, permission: read, actor: "ann" }))
    const grants = await registry.runtime.runPromise(Grants.use((service) => service.grantAll(requests)))
    assert.deepEqual(
      grants.map(({ node }) => node),
      ["a", "b"]
    )
    const { entries } = await registry.runtime.runPromise(AuditLog.use((audit) => audit.list({})))
    assert.equal(entries.filter(({ action }) => action === "grant.give").length, 2)
  })
})
