import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { encodeTimer, eventTimers, StateEntryWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { emptyCommit } from "./empty-commit.ts"
import { entriesText } from "./acceptance.ts"
import type { AcceptanceCase } from "./acceptance.ts"
import { Transport } from "./transport.ts"
import type { TransportShape, WantedStates } from "./transport.ts"

// What becomes of a node's state when its plan changes; part of what every transport must do.

const task = { pipeline: "upgrade", node: "count", partition: 1 }
const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"))
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest())
const key = latin1("k")
const int = '"int"'
const long = '"long"'
const text = '"string"'
/** Avro binary of -1, as int and as long. */
const minusOne = Uint8Array.of(1)

type State = readonly [name: string, schema: string, mapKey?: string]

const wantedOf = Effect.fnUntraced(function* (
  transport: TransportShape,
  states: readonly State[],
  by = "id"
) {
  const wanted: WantedStates["states"][number][] = []
  for (const [name, schema, mapKey] of states)
    wanted.push({
      name,
      kind: mapKey === undefined ? "value" : "map",
      schema: yield* transport.putSchema(schema),
      ...(mapKey === undefined ? {} : { mapKey })
    })
  return { key: by, states: wanted } satisfies WantedStates
})

const open = Effect.fnUntraced(function* (transport: TransportShape, states: readonly State[], by = "id") {
  const wanted = yield* wantedOf(transport, states, by)
  const slots = yield* transport.openState(task.pipeline, task.node, wanted)
  const log = yield* transport.openTask(task, { node: task.node, slots })
  const indexes = wanted.states.map(({ kind }, index) =>
    kind === "map" ? ({ index, kind: "map" } as const) : ({ index, kind: "value" } as const)
  )
  return {
    put: (index: number, value: Uint8Array, mapKey?: Uint8Array, of: Uint8Array | null = key) => {
      const writer = new StateEntryWriter()
      writer.put(index, of, mapKey, 0, value)
      return log.commit({ ...emptyCommit, state: writer.finish() })
    },
    entries: Effect.map(log.readState([key], indexes), entriesText),
    timers: log.dueTimers(eventTimers, 100, 10)
  }
})

/** Cases of `openState`; each is to be run with the log reopened between its steps too. */
export const upgradeAcceptance: readonly AcceptanceCase[] = [
  {
    name: "keeps states by their names when others come, go and change places",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const first = yield* open(transport, [
        ["a", int],
        ["b", text]
      ])
      yield* first.put(0, latin1("\u0002"))
      yield* first.put(1, latin1("\u0002b"))
      const second = yield* open(transport, [
        ["new", int],
        ["b", text]
      ])
      assert.deepEqual(yield* second.entries, ["absent 0 k -", "put 1 k - \u0002b@0"])
      yield* second.put(0, latin1("\u0004"))
      const third = yield* open(transport, [
        ["b", text],
        ["a", int],
        ["new", int]
      ])
      assert.deepEqual(yield* third.entries, ["put 0 k - \u0002b@0", "absent 1 k -", "put 2 k - \u0004@0"])
    })
  },
  {
    name: "reads values through every schema that came after their own, folded or not",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const record = (fields: string) => `{"type":"record","name":"R","fields":[${fields}]}`
      const n = '{"name":"n","type":"int"}'
      const first = yield* open(transport, [["r", record(n)]])
      yield* first.put(0, minusOne)
      const more = record(`${n},{"name":"t","type":"string","default":"x"}`)
      const second = yield* open(transport, [["r", more]])
      assert.deepEqual(yield* second.entries, ["put 0 k - \u0001\u0002x@0"])
      const third = yield* open(transport, [["r", record('{"name":"n","type":"long"}')]])
      assert.deepEqual(yield* third.entries, ["put 0 k - \u0001@0"])
      const back = yield* open(transport, [["r", record('{"name":"n","type":"double"}')]])
      assert.deepEqual(yield* back.entries, [
        "put 0 k - \u0001".replace("\u0001", "\0\0\0\0\0\0\xf0\xbf") + "@0"
      ])
    })
  },
  {
    name: "begins a state empty that cannot be read, is of another kind, or has other map keys",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      for (const [before, after] of [
        [
          ["s", long],
          ["s", int]
        ],
        [
          ["s", int],
          ["s", int, text]
        ],
        [
          ["s", int, text],
          ["s", int, long]
        ]
      ] satisfies readonly (readonly [State, State])[]) {
        yield* transport.forget(task.pipeline)
        const old = yield* open(transport, [before])
        yield* old.put(0, minusOne, before.length === 3 ? latin1("m") : undefined)
        assert.notDeepEqual(yield* old.entries, ["absent 0 k -"])
        const fresh = yield* open(transport, [after])
        assert.deepEqual(yield* fresh.entries, ["absent 0 k -"])
        const again = yield* open(transport, [before])
        assert.deepEqual(yield* again.entries, ["absent 0 k -"])
      }
    })
  },
  {
    name: "begins all of a node's state empty under another key",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const first = yield* open(transport, [["s", int]])
      yield* first.put(0, minusOne)
      const second = yield* open(transport, [["s", int]], "title")
      assert.deepEqual(yield* second.entries, ["absent 0 k -"])
    })
  },
  {
    name: "takes state that was made anew for a plan when that plan is opened, and drops it when another is",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const timer = encodeTimer({ time: 5, key, tag: latin1("t") }, sha256)
      const wanted = yield* wantedOf(transport, [["s", text]])
      const restage = transport.restageState(task.pipeline, task.node, wanted, {
        s: (values) => Effect.succeed(values.map(({ value }) => Uint8Array.of(2, 48 + (value[0] ?? 0))))
      })
      const old = yield* open(transport, [["s", int]])
      yield* old.put(0, minusOne)
      yield* old.put(eventTimers, timer.value, timer.mapKey, null)
      yield* restage
      assert.deepEqual(yield* (yield* open(transport, [["s", int]])).entries, ["put 0 k - \u0001@0"])
      const dropped = yield* open(transport, [["s", text]])
      assert.deepEqual(yield* dropped.entries, ["absent 0 k -"])
      const again = yield* open(transport, [["s", int]])
      yield* again.put(0, minusOne)
      yield* restage
      const migrated = yield* open(transport, [["s", text]])
      assert.deepEqual(yield* migrated.entries, ["put 0 k - \u00021@0"])
      assert.deepEqual(
        (yield* migrated.timers).map(({ time }) => time),
        [5]
      )
      // What was taken is not there to be taken again.
      assert.deepEqual(yield* (yield* open(transport, [["s", text]])).entries, ["put 0 k - \u00021@0"])
    })
  },
  {
    name: "leaves state as it is when making it anew fails",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      const old = yield* open(transport, [["s", int]])
      yield* old.put(0, minusOne)
      const wanted = yield* wantedOf(transport, [["s", text]])
      const failed = yield* Effect.match(
        transport.restageState(task.pipeline, task.node, wanted, { s: () => Effect.fail("no" as const) }),
        { onFailure: (error) => error, onSuccess: () => "done" as const }
      )
      assert.equal(failed, "no")
      assert.deepEqual(yield* (yield* open(transport, [["s", int]])).entries, ["put 0 k - \u0001@0"])
    })
  }
]
