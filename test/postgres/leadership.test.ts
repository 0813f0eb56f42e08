import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { joinLeadership, type Leadership } from "../../registry/src/leadership/leadership.ts"
import { Database, execute } from "../../registry/src/store/database.ts"
import { opened } from "./open-store.ts"
import { type PostgresServer, startPostgres } from "./server.ts"

/** A lease that no test waits for. */
const longMs = 600_000

const join = (url: string, leaseMs: number, at = "") =>
  Effect.flatMap(opened(url), (store) => joinLeadership(store, { leaseMs, url: at }))

const write = ({ database }: Leadership, name: string) =>
  database.transaction(
    Effect.provideService(
      execute("INSERT INTO scopes (name, form, created_at, created_by) VALUES (?, ?, 0, 'ann')", [
        name,
        name
      ]),
      Database,
      database
    )
  )

/** What the wait for a lease would come to, without the wait. */
const runOut = "UPDATE millrace.leadership SET expires_at = 0, holder = ''"

describe("platforms that share a database", () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const scopes = async (url: string) =>
    (await server.query(url, "SELECT name FROM millrace.scopes ORDER BY name")).map(({ name }) => name)

  it("have one that leads, the first; the others know where it is, read, and may not write", async () => {
    const url = await server.createDatabase()
    const work = Effect.gen(function* () {
      const first = yield* join(url, longMs, "http://one:4000")
      const second = yield* join(url, longMs)
      yield* write(first, "@a")
      const refused = yield* Effect.flip(write(second, "@b"))
      return {
        standings: [yield* first.standing, yield* second.standing],
        leads: [yield* first.isLeader, yield* second.isLeader],
        refused: [refused.reason, refused.leader, refused.remedy],
        read: (yield* second.database.rows("SELECT name FROM scopes")).map(({ name }) => name)
      }
    })
    assert.deepEqual(await Effect.runPromise(Effect.scoped(work)), {
      standings: [
        { is: "leading", epoch: 1 },
        { is: "following", leader: "http://one:4000" }
      ],
      leads: [true, false],
      refused: ["standby", "http://one:4000", "Ask the platform that leads: http://one:4000"],
      read: ["@a"]
    })
  })

  it("are led by the next as soon as a leader ends", async () => {
    const url = await server.createDatabase()
    const work = Effect.gen(function* () {
      yield* Effect.scoped(join(url, longMs))
      return yield* Effect.flatMap(join(url, longMs), ({ standing }) => standing)
    })
    assert.deepEqual(await Effect.runPromise(Effect.scoped(work)), { is: "leading", epoch: 2 })
  })

  it("refuse a write of a leader that does not know yet that another leads", async () => {
    const url = await server.createDatabase()
    const work = Effect.gen(function* () {
      const first = yield* join(url, longMs)
      yield* Effect.promise(() => server.query(url, runOut))
      const second = yield* join(url, longMs)
      const refused = yield* Effect.flip(write(first, "@a"))
      yield* write(second, "@b")
      return [(yield* first.standing).is, (yield* second.standing).is, refused.reason]
    })
    assert.deepEqual(await Effect.runPromise(Effect.scoped(work)), ["leading", "leading", "standby"])
    assert.deepEqual(await scopes(url), ["@b"])
  })

  it("let nobody take the lease in the middle of a leader's transaction, which may renew it meanwhile", async () => {
    const url = await server.createDatabase()
    const work = Effect.gen(function* () {
      const first = yield* join(url, longMs)
      const store = yield* opened(url)
      const order: string[] = []
      const next = yield* first.database.transaction(
        Effect.gen(function* () {
          yield* Effect.promise(() => server.query(url, runOut))
          const taking = yield* Effect.forkDetach(
            Effect.scoped(
              Effect.tap(joinLeadership(store, { leaseMs: longMs }), () =>
                Effect.sync(() => order.push("taken"))
              )
            ),
            { startImmediately: true }
          )
          yield* Effect.promise(() => blocked(url))
          order.push("written")
          return taking
        })
      )
      yield* Fiber.join(next)
      return order
    })
    assert.deepEqual(await Effect.runPromise(Effect.scoped(work)), ["written", "taken"])
  })

  /** Answers when a session waits for another's row. */
  const blocked = async (url: string): Promise<void> => {
    const waiting =
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE leadership%'"
    while ((await server.query(url, waiting)).length === 0);
  }

  it("keep their leader when the database was away for longer than the lease", async () => {
    const url = await server.createDatabase()
    const work = Effect.gen(function* () {
      const first = yield* join(url, 2_000)
      const second = yield* join(url, 2_000)
      yield* Effect.promise(() => server.kill())
      while (yield* first.isLeader) yield* Effect.sleep(20)
      yield* Effect.promise(() => server.start())
      while (!(yield* first.isLeader)) yield* Effect.sleep(20)
      yield* write(first, "@a")
      return [yield* first.standing, yield* second.standing]
    })
    assert.deepEqual(await Effect.runPromise(Effect.scoped(work)), [
      { is: "leading", epoch: 1 },
      { is: "following", leader: undefined }
    ])
  })
})
