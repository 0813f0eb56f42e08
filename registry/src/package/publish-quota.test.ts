import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { assert, describe, it } from "vitest"
import { Tokens } from "../auth/tokens.ts"
import { Database, execute, inTransaction } from "../store/database.ts"
import { takeOne } from "../store/quota.ts"
import { sqliteDatabase } from "../store/sqlite.ts"
import { packageArchive } from "../testing/archive-fixture.ts"
import { makeTestRegistry, refusalOf, type TestRegistry } from "../testing/test-registry.ts"
import { Publisher } from "./publisher.ts"
import { countAttempt, PublishLimits } from "./publish-quota.ts"

const weekMs = 604_800_000

/** Runs on an empty store in memory, by the test clock. */
const onStore = <A, E>(work: Effect.Effect<A, E, Database>): Promise<A> =>
  Effect.runPromise(work.pipe(Effect.provide(sqliteDatabase(":memory:")), Effect.provide(TestClock.layer())))

const take = takeOne("ann", "things", 1000)

async function* bytesOf(archive: Uint8Array) {
  yield archive
}

/** Publishes as somebody who is no administrator. */
const publishAs = (actor: string, name: string) =>
  Publisher.use((publisher) =>
    publisher.publish({ name, version: "1.0.0", body: bytesOf(packageArchive({ name })), actor })
  )

const tokenFor = async (registry: TestRegistry, scopes: readonly string[]) =>
  (await registry.runtime.runPromise(Tokens.use((tokens) => tokens.issue({ name: "bob", scopes }, "ann"))))
    .token

const put = (registry: TestRegistry, name: string, token: string) =>
  registry.request(`/api/packages/${name}/versions/1.0.0`, {
    method: "PUT",
    body: Buffer.from(packageArchive({ name })),
    headers: { authorization: `Bearer ${token}`, "content-type": "application/gzip" }
  })

describe("a quota", () => {
  it("gives exactly 1000 at once, refuses the next, and gives one more after a thousandth of a week", () =>
    onStore(
      Effect.gen(function* () {
        yield* TestClock.setTime(1_000_000)
        const database = yield* Database
        const first = yield* database.transaction(Effect.forEach(Array.from({ length: 1000 }), () => take))
        assert.isTrue(first.every((wait) => wait === undefined))
        assert.equal(yield* take, weekMs / 1000)
        yield* TestClock.adjust(weekMs / 1000 - 1)
        assert.equal(yield* take, 1)
        yield* TestClock.adjust(1)
        assert.isUndefined(yield* take)
        assert.equal(yield* take, weekMs / 1000)
        yield* TestClock.adjust(3 * weekMs)
        const later = yield* database.transaction(Effect.forEach(Array.from({ length: 1001 }), () => take))
        // However long nobody came, there is never more than all of it.
        assert.deepEqual(later.map((wait) => wait === undefined).indexOf(false), 1000)
      })
    ))

  it("is each one's own, and each thing's own", () =>
    onStore(
      Effect.gen(function* () {
        assert.isUndefined(yield* takeOne("ann", "a", 1))
        assert.isDefined(yield* takeOne("ann", "a", 1))
        assert.isUndefined(yield* takeOne("ann", "b", 1))
        assert.isUndefined(yield* takeOne("bob", "a", 1))
      })
    ))
})

describe("a flood of publishes", () => {
  it("is refused at its limit, whatever becomes of the attempts, and says when to come again", async () => {
    await using registry = await makeTestRegistry()
    const limited = Effect.provideService(PublishLimits, { attempts: 3, packages: 20 })
    const codes = await registry.runtime.runPromise(
      Effect.forEach([1, 2, 3, 4], () =>
        Effect.match(publishAs("bob", "@acme/movies"), {
          onSuccess: () => "published",
          onFailure: (error) => ("code" in error ? error.code : error._tag)
        })
      ).pipe(limited)
    )
    assert.deepEqual(codes, ["published", "VERSION_EXISTS", "VERSION_EXISTS", "PUBLISH_QUOTA"])
    const refusal = await registry.runtime.runPromise(Effect.flip(limited(countAttempt("bob"))))
    assert.deepInclude(refusal, { code: "PUBLISH_QUOTA", status: 429 })
  })

  it("of new packages is refused at theirs, and leaves nothing of the one too many", async () => {
    await using registry = await makeTestRegistry()
    const limited = Effect.provideService(PublishLimits, { attempts: 100, packages: 1 })
    await registry.runtime.runPromise(limited(publishAs("bob", "@acme/movies")))
    const refusal = await registry.runtime.runPromise(Effect.flip(limited(publishAs("bob", "@acme/series"))))
    assert.deepInclude(refusal, { code: "PUBLISH_QUOTA" })
    const list = await registry.request("/api/packages", {
      headers: { authorization: `Bearer ${registry.token}` }
    })
    assert.notInclude(await list.text(), "series")
  })

  it("is answered with 429 and Retry-After, and an administrator's is not", async () => {
    await using registry = await makeTestRegistry()
    const token = await tokenFor(registry, ["publish"])
    await registry.runtime.runPromise(
      inTransaction(
        execute("INSERT INTO quotas (actor, what, full_again_at) VALUES ('bob', 'publish.attempts', ?)", [
          Date.UTC(2100, 0, 1)
        ])
      )
    )
    const reply = await put(registry, "@acme/movies", token)
    assert.match(reply.headers.get("retry-after") ?? "", /^[1-9]\d*$/)
    const { code, details, status } = await refusalOf(reply)
    assert.deepEqual([status, code, details?.["limit"]], [429, "PUBLISH_QUOTA", 1000])
    assert.equal((await put(registry, "@acme/movies", await tokenFor(registry, ["admin"]))).status, 201)
  })
})

describe("a reserved name, or one that looks like it", () => {
  it("is refused to everybody but an administrator", async () => {
    await using registry = await makeTestRegistry()
    const token = await tokenFor(registry, ["publish"])
    for (const name of [
      "@millrace/films",
      "@mi11race/films",
      "@mill-race/films",
      "@acme/constructor",
      "@acme/c0n"
    ])
      assert.deepInclude(await refusalOf(await put(registry, name, token)), {
        code: "NAME_RESERVED",
        status: 409
      })
    assert.equal((await put(registry, "@acme/films", token)).status, 201)
    assert.equal((await put(registry, "@millrace/films", registry.token)).status, 201)
  })
})
