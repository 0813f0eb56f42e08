import assert from "node:assert/strict"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { Database, decodedRow, decodedRows, execute, inTransaction } from "./database.ts"
import { storeFormat } from "./migrations.ts"

/** Opens one store, the same each time, runs work with it, and closes it. */
export type OnStore = <A, E>(work: Effect.Effect<A, E, Database>) => Promise<A>

/** One thing that every database must do; `run` throws an assertion's error when it does not. */
export interface DatabaseCase {
  readonly name: string
  readonly run: (onStore: OnStore) => Promise<void>
}

const addScope = (name: string) =>
  execute("INSERT INTO scopes (name, form, created_at, created_by) VALUES (?, ?, 0, 'ann')", [name, name])

const CountRow = Schema.Struct({ n: Schema.Int })
const countScopes = Effect.map(decodedRow(CountRow, "SELECT COUNT(*) AS n FROM scopes"), (row) => row?.n)

const ScopeRow = Schema.Struct({
  name: Schema.String,
  form: Schema.String,
  createdAt: Schema.Int,
  createdBy: Schema.String
})
const scopes = decodedRows(
  ScopeRow,
  `SELECT name, form, created_at AS "createdAt", created_by AS "createdBy" FROM scopes ORDER BY name`
)

const PartRow = Schema.Struct({ bytes: Schema.Uint8Array })

const refusal = (sql: string) => Effect.flip(inTransaction(execute(sql)))

const fillForever = inTransaction(
  Effect.gen(function* () {
    yield* addScope("@a")
    yield* execute("INSERT INTO packages VALUES ('@a/b', '@a', 'a/b', 0)")
    yield* execute(
      "INSERT INTO versions VALUES ('@a/b', '1.0.0', 'sha512-x', 1, '{}', NULL, 0, 'ann', NULL, NULL)"
    )
    yield* execute(
      "INSERT INTO schemas (id, context, sha256, text, refs) VALUES (1, '', 'x', '\"int\"', '[]')"
    )
    yield* execute("INSERT INTO audit VALUES (1, 0, 'ann', 'x', 'y', '{}', 'h')")
    yield* execute("INSERT INTO blobs VALUES ('sha512-x', 0, ?)", [new Uint8Array([1])])
  })
)

const forbidden: readonly string[] = [
  "UPDATE versions SET integrity = 'sha512-y'",
  "DELETE FROM versions",
  "UPDATE schemas SET text = '\"long\"'",
  "UPDATE audit SET actor = 'bob'",
  "DELETE FROM audit",
  "UPDATE installation SET id = 'x'",
  "UPDATE blobs SET part = 2"
]

/** Byte order is neither that of a language nor of UTF-16. */
const inByteOrder = ["@-", "@0", "@Z", "@a", "@a-b", "@ab", "@\u00e4", "@\uffee", "@\u{1f600}"]

/** What a database must do to be the registry's. */
export const databaseAcceptance: readonly DatabaseCase[] = [
  {
    name: "is made with this release's format and a name of its own, and keeps what was committed",
    run: async (onStore) => {
      assert.equal(await onStore(Effect.map(Database, ({ format }) => format)), storeFormat)
      await onStore(inTransaction(addScope("@a")))
      assert.equal(await onStore(countScopes), 1)
      const id = Effect.map(
        Database.use(({ rows }) => rows("SELECT id FROM installation")),
        ([row]) => row?.["id"]
      )
      const name = await onStore(id)
      assert.match(String(name), /^[0-9a-f]{12}$/)
      assert.equal(await onStore(id), name)
    }
  },
  {
    name: "rolls back what fails, dies or is interrupted",
    run: async (onStore) => {
      const work = Effect.gen(function* () {
        yield* Effect.ignore(inTransaction(Effect.andThen(addScope("@a"), Effect.fail("no"))))
        yield* Effect.exit(inTransaction(Effect.andThen(addScope("@b"), Effect.die("bug"))))
        const stuck = yield* Effect.forkChild(inTransaction(Effect.andThen(addScope("@c"), Effect.never)), {
          startImmediately: true
        })
        yield* Fiber.interrupt(stuck)
        const before = yield* countScopes
        yield* inTransaction(addScope("@d"))
        return [before, yield* countScopes]
      })
      assert.deepEqual(await onStore(work), [0, 1])
    }
  },
  {
    name: "shows a transaction's writes to itself alone until it is committed, and to all from then on",
    run: async (onStore) => {
      const work = Effect.gen(function* () {
        const outside = yield* Database
        const beside = Effect.promise(() =>
          Effect.runPromise(Effect.provideService(countScopes, Database, outside))
        )
        const seen = yield* inTransaction(
          Effect.gen(function* () {
            yield* addScope("@a")
            return [yield* countScopes, yield* beside]
          })
        )
        return [...seen, yield* beside]
      })
      assert.deepEqual(await onStore(work), [1, 0, 1])
    }
  },
  {
    name: "joins a transaction inside of one, which fails and succeeds with it",
    run: async (onStore) => {
      const nested = inTransaction(Effect.andThen(addScope("@a"), inTransaction(addScope("@b"))))
      const work = Effect.gen(function* () {
        yield* Effect.ignore(inTransaction(Effect.andThen(nested, Effect.fail("no"))))
        const before = yield* countScopes
        yield* nested
        return [before, yield* countScopes]
      })
      assert.deepEqual(await onStore(work), [0, 2])
    }
  },
  {
    name: "lets writers wait for each other, so that none works on what another is changing",
    run: async (onStore) => {
      const addNext = inTransaction(
        Effect.gen(function* () {
          const count = yield* countScopes
          yield* Effect.yieldNow
          yield* addScope(`@${count}`)
        })
      )
      const adding = Effect.all(
        Array.from({ length: 20 }, () => addNext),
        { concurrency: 20 }
      )
      assert.equal(await onStore(Effect.andThen(adding, countScopes)), 20)
    }
  },
  {
    name: "reads while a transaction is under way, and does not wait for it",
    run: async (onStore) => {
      const work = inTransaction(
        Effect.gen(function* () {
          yield* addScope("@a")
          const outside = yield* Database
          return yield* Effect.promise(() =>
            Promise.all(
              Array.from({ length: 10 }, () =>
                Effect.runPromise(Effect.provideService(countScopes, Database, outside))
              )
            )
          )
        })
      )
      assert.deepEqual(
        await onStore(work),
        Array.from({ length: 10 }, () => 0)
      )
    }
  },
  {
    name: "writes nothing outside of a transaction",
    run: async (onStore) => {
      const error = await onStore(Effect.flip(addScope("@a")))
      assert.match(String("cause" in error ? error.cause : error), /read-?only/)
      assert.equal(await onStore(countScopes), 0)
    }
  },
  {
    name: "goes on after a statement that was refused, whose transaction leaves nothing",
    run: async (onStore) => {
      const work = Effect.gen(function* () {
        yield* inTransaction(addScope("@a"))
        const twice = yield* Effect.flip(inTransaction(Effect.andThen(addScope("@b"), addScope("@a"))))
        yield* inTransaction(addScope("@c"))
        return [twice.reason, yield* countScopes]
      })
      assert.deepEqual(await onStore(work), ["io", 2])
    }
  },
  {
    name: "never changes or deletes what is for ever, and says so",
    run: async (onStore) => {
      await onStore(fillForever)
      for (const sql of forbidden)
        assert.match(String((await onStore(refusal(sql))).cause), /never|append-only|keeps/, sql)
      await onStore(inTransaction(execute("UPDATE versions SET yanked = 'bad'")))
    }
  },
  {
    name: "holds references and single names",
    run: async (onStore) => {
      await onStore(fillForever)
      for (const sql of [
        "INSERT INTO packages VALUES ('@x/y', '@x', 'x/y', 0)",
        "INSERT INTO scopes VALUES ('@other', '@a', 0, 'ann')",
        "INSERT INTO scopes (name, form, created_at) VALUES ('@b', '@b', 0)"
      ])
        assert.equal((await onStore(refusal(sql))).reason, "io", sql)
    }
  },
  {
    name: "gives back every text, number and byte as it was given",
    run: async (onStore) => {
      const texts = ["", "?", 'it\'s $1 \\ "so"', "\u0001\t\n\u{1f600}\uffee", "x".repeat(100_000)]
      const numbers = [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1_800_000_000_000]
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
      const work = Effect.gen(function* () {
        for (const [index, text] of texts.entries())
          yield* inTransaction(
            execute("INSERT INTO scopes (name, form, created_at, created_by) VALUES (?, ?, ?, ?)", [
              `@${index}`,
              text,
              numbers[index] ?? 0,
              "'?'"
            ])
          )
        yield* inTransaction(execute("INSERT INTO blobs VALUES ('sha512-x', ?, ?)", [7, bytes]))
        const [part] = yield* decodedRows(
          PartRow,
          "SELECT bytes FROM blobs WHERE integrity <> '?' AND part = ?",
          [7]
        )
        const rows = yield* scopes
        const sum = yield* decodedRow(
          CountRow,
          "SELECT SUM(created_at) AS n FROM scopes WHERE created_at IN (?, ?)",
          [-1, 1_800_000_000_000]
        )
        return { rows, part: part?.bytes, sum: sum?.n }
      })
      const { part, rows, sum } = await onStore(work)
      assert.deepEqual(
        rows.map(({ createdAt, form }) => [form, createdAt]),
        texts.map((text, index) => [text, numbers[index]])
      )
      assert.ok(rows.every(({ createdBy }) => createdBy === "'?'"))
      assert.deepEqual(Buffer.from(part ?? []), Buffer.from(bytes))
      assert.equal(sum, 1_799_999_999_999)
    }
  },
  {
    name: "orders and compares texts by their bytes",
    run: async (onStore) => {
      await onStore(inTransaction(Effect.forEach(inByteOrder.toReversed(), addScope)))
      assert.deepEqual(
        (await onStore(scopes)).map(({ name }) => name),
        inByteOrder
      )
      const after = decodedRow(CountRow, "SELECT COUNT(*) AS n FROM scopes WHERE name > ?", ["@a"])
      assert.equal((await onStore(after))?.n, inByteOrder.length - inByteOrder.indexOf("@a") - 1)
    }
  },
  {
    name: "draws ids where none are given",
    run: async (onStore) => {
      const add = (sha: string) =>
        inTransaction(
          Effect.andThen(
            execute(
              "INSERT INTO tokens (name, sha256, scopes, created_at, created_by) VALUES ('x', ?, '[]', 0, 'ann')",
              [sha]
            ),
            decodedRow(CountRow, "SELECT id AS n FROM tokens WHERE sha256 = ?", [sha])
          )
        )
      const ids = [await onStore(add("a")), await onStore(add("b"))].map((row) => row?.n)
      assert.deepEqual(ids, [1, 2])
    }
  }
]
