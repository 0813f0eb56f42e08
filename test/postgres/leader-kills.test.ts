import * as Effect from "effect/Effect"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { joinLeadership, type Leadership } from "../../registry/src/leadership/leadership.ts"
import { until } from "../input/program.ts"
import { startContender } from "./contender/start-contender.ts"
import { opened } from "./open-store.ts"
import { type PostgresServer, startPostgres } from "./server.ts"

/** Within what another has to lead when a leader is gone. */
const within = 10_000

describe("platforms that share a database", () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const scopes = async (url: string) =>
    (await server.query(url, "SELECT name FROM millrace.scopes ORDER BY name")).map(({ name }) => name)

  it("are led by another within 10 s of a kill -9", async () => {
    const url = await server.createDatabase()
    await using first = await startContender(url, "http://one:4000")
    await first.told("leading 1")
    await using second = await startContender(url, "http://two:4000")
    await second.told("following http://one:4000")
    assert.equal(await first.ask("write @a"), "written @a")
    const killedAt = performance.now()
    first.kill("SIGKILL")
    await second.told("leading 2")
    assert.isBelow(performance.now() - killedAt, within)
    assert.equal(await second.ask("write @b"), "written @b")
    assert.deepEqual(await scopes(url), ["@a", "@b"])
  })

  it("are led by another within 10 s of a SIGSTOP, and what the stopped one writes when it wakes is refused", async () => {
    const url = await server.createDatabase()
    await using first = await startContender(url, "http://one:4000")
    await first.told("leading 1")
    await using second = await startContender(url, "http://two:4000")
    await second.told("following http://one:4000")
    const stoppedAt = performance.now()
    first.kill("SIGSTOP")
    await second.told("leading 2")
    assert.isBelow(performance.now() - stoppedAt, within)
    assert.equal(await second.ask("write @b"), "written @b")
    const woken = first.ask("write @a")
    first.kill("SIGCONT")
    assert.equal(await woken, "refused standby")
    await first.told("deposed http://two:4000")
    assert.deepEqual(await scopes(url), ["@b"])
  })

  it("are led by another within 10 s of a SIGSTOP in a transaction, of which nothing is left", async () => {
    const url = await server.createDatabase()
    await using first = await startContender(url, "http://one:4000")
    await first.told("leading 1")
    await using second = await startContender(url, "http://two:4000")
    await second.told("following http://one:4000")
    const held = first.ask("hold @a")
    await first.told("holding @a")
    const stoppedAt = performance.now()
    first.kill("SIGSTOP")
    await second.told("leading 2")
    assert.isBelow(performance.now() - stoppedAt, within)
    assert.equal(await second.ask("write @b"), "written @b")
    first.say("let go")
    first.kill("SIGCONT")
    assert.equal(await held, "refused unavailable")
    await first.told("deposed http://two:4000")
    assert.deepEqual(await scopes(url), ["@b"])
  })

  it("have a leader that finds another way to the database when its connection hangs", async () => {
    const url = await server.createDatabase()
    const work = Effect.gen(function* () {
      const leader = yield* Effect.flatMap(opened(url), (store) => joinLeadership(store))
      const pid = yield* Effect.promise(() => renewer(url))
      process.kill(pid, "SIGSTOP")
      yield* untilIs(leader, false)
      yield* untilIs(leader, true)
      process.kill(pid, "SIGKILL")
      return yield* leader.standing
    })
    assert.deepEqual(await Effect.runPromise(Effect.scoped(work)), { is: "leading", epoch: 1 })
  })

  const untilIs = Effect.fnUntraced(function* ({ isLeader }: Leadership, wanted: boolean) {
    while ((yield* isLeader) !== wanted) yield* Effect.sleep(20)
  })

  /** The server's process that renews the lease. */
  const renewer = async (url: string): Promise<number> => {
    const renewing =
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'UPDATE leadership SET url%'"
    return until(
      async () => Number((await server.query(url, renewing))[0]?.["pid"] ?? 0),
      (pid) => pid > 0
    )
  }
})
