import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { schemaText, parseAvroOrThrow } from "@millrace/sdk/avro"
import { BatchCursor, textOfKey } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { embeddedTransport } from "../../transport/embedded/index.ts"
import { Transport } from "../../transport/transport.ts"
import type { Checked, InboxEntry } from "./event-check.ts"
import { type Inbox, openInbox } from "./inbox.ts"
import type { InboxSettings } from "./inbox-settings.ts"

const schema = schemaText(
  parseAvroOrThrow({
    type: "record",
    name: "shop.Event",
    fields: [
      { name: "id", type: "string" },
      { name: "n", type: "int" },
      { name: "lines", type: { type: "array", items: { type: "map", values: "int" } }, default: [] }
    ]
  })
)

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-inbox-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs against a log of its own, which a second run finds again; time passes when the test says so. */
const inLog = <A, E>(test: Effect.Effect<A, E, Transport | Scope.Scope>): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(test).pipe(Effect.provide(embeddedTransport({ folder })), Effect.provide(TestClock.layer()))
  )

const open = Effect.fnUntraced(function* (more: Partial<InboxSettings> = {}) {
  const transport = yield* Transport
  const schemaHash = yield* transport.putSchema(schema)
  return yield* openInbox(
    transport,
    {
      pipeline: "shop",
      node: "events",
      schemaHash,
      eventId: "id",
      eventTime: undefined,
      retentionMs: 60_000,
      maxAheadMs: 1_000,
      backlog: 1_000_000,
      origins: [],
      ...more
    },
    schema
  )
})

const entryOf = (checked: Checked): InboxEntry => {
  if ("entry" in checked) return checked.entry
  throw new Error(checked.rejection.message)
}

const post = (inbox: Inbox, ...ids: readonly string[]) =>
  inbox.accept(ids.map((id) => entryOf(inbox.check.json({ id, n: 1 }, 0))))

const idsOf = (frame: Uint8Array | undefined): readonly string[] => {
  if (frame === undefined) return []
  const ids: string[] = []
  const cursor = new BatchCursor(frame)
  while (cursor.next()) ids.push(textOfKey(cursor.key() ?? new Uint8Array(0)))
  return ids
}

const all = (inbox: Inbox) => Effect.map(inbox.take(0n, 1_000, 1_000_000), ({ frame }) => idsOf(frame))

describe("an inbox", () => {
  it("takes an id once: within a request, later, after a new start, and from many at one time", async () => {
    await inLog(
      Effect.gen(function* () {
        const inbox = yield* open()
        assert.deepStrictEqual(yield* post(inbox, "a", "b", "a"), [true, true, false])
        assert.deepStrictEqual(yield* post(inbox, "b", "c"), [false, true])
        const many = yield* Effect.all(
          Array.from({ length: 50 }, () => post(inbox, "same", "other")),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(many.flat().filter((isNew) => isNew).length, 2)
        assert.deepStrictEqual(yield* all(inbox), ["a", "b", "c", "same", "other"])
      })
    )
    await inLog(
      Effect.gen(function* () {
        const inbox = yield* open()
        assert.deepStrictEqual(yield* post(inbox, "a", "same", "d"), [false, false, true])
        assert.deepStrictEqual(yield* all(inbox), ["a", "b", "c", "same", "other", "d"])
      })
    )
  })

  it("knows an id for as long as it was told, and then forgets what it keeps of it", () =>
    inLog(
      Effect.gen(function* () {
        const inbox = yield* open()
        yield* post(inbox, "a", "b")
        yield* TestClock.adjust("59 seconds")
        assert.deepStrictEqual(yield* post(inbox, "a", "later"), [false, true])
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* post(inbox, "a"), [true])
        // What swept the first batch has left what came anew.
        assert.deepStrictEqual(yield* post(inbox, "a", "b", "later"), [false, true, false])
        const transport = yield* Transport
        const log = yield* transport.openTask(
          { pipeline: "shop", node: "events.inbox", partition: 0 },
          { node: "events.inbox" }
        )
        const timers = yield* log.dueTimers(254, Number.MAX_SAFE_INTEGER, 100)
        assert.lengthOf(timers, 3, "one for each commit whose ids are known")
      })
    ))

  it("is read in pieces from any place, and says whether there is more", () =>
    inLog(
      Effect.gen(function* () {
        const inbox = yield* open()
        for (const id of ["a", "b", "c", "d", "e"]) yield* post(inbox, id, `${id}2`)
        const first = yield* inbox.take(0n, 3, 1_000_000)
        assert.deepStrictEqual([idsOf(first.frame), first.next, first.more], [["a", "a2", "b"], 3n, true])
        const second = yield* inbox.take(3n, 100, 1)
        assert.deepStrictEqual([idsOf(second.frame), second.next], [["b2"], 4n])
        const rest = yield* inbox.take(4n, 100, 1_000_000)
        assert.deepStrictEqual([idsOf(rest.frame).length, rest.next, rest.more], [6, 10n, false])
        const nothing = yield* inbox.take(10n, 100, 1_000_000)
        assert.deepStrictEqual([nothing.frame, nothing.next, nothing.more], [undefined, 10n, false])
      })
    ))

  it("takes no more than may wait to be read, and goes on when some was", () =>
    inLog(
      Effect.gen(function* () {
        const inbox = yield* open({ backlog: 3 })
        yield* post(inbox, "a", "b", "c")
        const refused = yield* Effect.flip(post(inbox, "d"))
        assert.include(refused, { reason: "full", waiting: 3 })
        yield* inbox.take(2n, 10, 1_000)
        assert.deepStrictEqual(yield* post(inbox, "d"), [true])
      })
    ))

  it("tells whoever waits to send again when it is closed or another has taken its place", () =>
    inLog(
      Effect.gen(function* () {
        const inbox = yield* Effect.scoped(open())
        assert.strictEqual((yield* Effect.flip(post(inbox, "a"))).reason, "closed")
        const before = yield* open()
        const after = yield* open()
        assert.strictEqual((yield* Effect.flip(post(before, "a"))).reason, "failed")
        assert.deepStrictEqual(yield* post(after, "a"), [true])
      })
    ))

  it("names what is wrong with an event by its JSON pointer", () =>
    inLog(
      Effect.gen(function* () {
        const { check } = yield* open()
        const pointerOf = (lines: readonly { readonly [key: string]: string | number }[]) => {
          const checked = check.json({ id: "a", n: 1, lines }, 0)
          return "rejection" in checked ? checked.rejection.pointer : undefined
        }
        assert.isUndefined(pointerOf([{ a: 1 }]))
        assert.strictEqual(pointerOf([{ a: 1 }, { b: "x" }]), "/lines/1/b")
        assert.strictEqual(pointerOf([{ "a/b~c": "x" }]), "/lines/0/a~1b~0c")
        assert.strictEqual(pointerOf([{ "a.b[0]": "x" }]), "/lines/0/a.b[0]")
      })
    ))
})
