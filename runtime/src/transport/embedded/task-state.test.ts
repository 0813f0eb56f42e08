import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { StateEntryWriter } from "@millrace/sdk/record"
import fc from "fast-check"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { entriesText } from "../acceptance.ts"
import { openStore } from "./store.ts"
import type { Store } from "./store.ts"
import { TaskState } from "./task-state.ts"

let folder = ""
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-state-"))
  store = openStore(folder, { readOnly: false })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"))
// Short, with zeros, prefixes of one another, and too long to stand in a key.
const keys = ["", "a", "a\0", "a\0b", "ab", "\xff", "x".repeat(600), "\0".repeat(300)].map(bytes)
const mapKeys = ["", "m", "m\0", "\xff\xff", "y".repeat(700)].map(bytes)
const recordKeys: readonly (Uint8Array | null)[] = [...keys, null]
const states = [
  { index: 0, kind: "value" },
  { index: 1, kind: "map" }
] as const

type Step =
  | { readonly do: "fold" }
  | { readonly do: "reopen" }
  | {
      readonly do: "put"
      readonly key: number
      readonly mapKey: number | undefined
      readonly value: string
      readonly expiry: number
    }
  | { readonly do: "delete"; readonly key: number; readonly mapKey: number | undefined }
  | { readonly do: "clear"; readonly key: number }

const key = fc.nat(recordKeys.length - 1)
const mapKey = fc.option(fc.nat(mapKeys.length - 1), { nil: undefined })
const value = fc.string({ maxLength: 6, unit: "binary-ascii" })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      key,
      mapKey,
      value,
      expiry: fc.constantFrom(0, 0, 0, 50, 500)
    })
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), key, mapKey }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const), key }) },
  { weight: 1, arbitrary: fc.constant({ do: "fold" } as const) },
  { weight: 1, arbitrary: fc.constant({ do: "reopen" } as const) }
)

/** What the state is by a map from (key, map key) to value; the simplest thing that can be right. */
class Model {
  readonly values = new Map<string, { readonly value: string; readonly expiry: number }>()

  apply(step: Step): void {
    if (step.do === "put") this.values.set(`${step.key} ${step.mapKey ?? "-"}`, step)
    if (step.do === "delete") this.values.delete(`${step.key} ${step.mapKey ?? "-"}`)
    if (step.do === "clear")
      for (const name of Array.from(this.values.keys()))
        if (name.startsWith(`${step.key} `) && !name.endsWith("-")) this.values.delete(name)
  }

  answer(now: number): readonly string[] {
    const text = (part: Uint8Array | null): string =>
      part === null ? "null" : Buffer.from(part).toString("latin1")
    return recordKeys.flatMap((recordKey, index) => {
      const live = [...this.values].filter(
        ([name, { expiry }]) => name.startsWith(`${index} `) && (expiry === 0 || expiry > now)
      )
      const plain = live.filter(([name]) => name.endsWith("-"))
      const mapped = live.filter(([name]) => !name.endsWith("-"))
      const one = plain.map(([, found]) => `put 0 ${text(recordKey)} - ${found.value}@${found.expiry}`)
      const many = mapped.map(([name, found]) => {
        const part = mapKeys[Number(name.split(" ")[1])] ?? null
        return `put 1 ${text(recordKey)} ${text(part)} ${found.value}@${found.expiry}`
      })
      return [
        ...(one.length > 0 ? one : [`absent 0 ${text(recordKey)} -`]),
        ...(many.length > 0 ? many : [`absent 1 ${text(recordKey)} -`])
      ]
    })
  }
}

function deltaOf(step: Step): Uint8Array | undefined {
  const writer = new StateEntryWriter()
  if (step.do === "fold" || step.do === "reopen") return undefined
  const recordKey = recordKeys[step.key] ?? null
  if (step.do === "clear") writer.clear(1, recordKey)
  else {
    const part = step.mapKey === undefined ? undefined : mapKeys[step.mapKey]
    const state = part === undefined ? 0 : 1
    if (step.do === "delete") writer.delete(state, recordKey, part)
    else writer.put(state, recordKey, part, step.expiry, bytes(step.value))
  }
  return writer.finish()
}

describe("TaskState", () => {
  it("answers as a plain map would, whatever is folded, expired and reopened in between", () => {
    let node = 0
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 100, 1_000), (steps, now) => {
        node += 1
        const place = { node, partition: 1 }
        let state = new TaskState(folder, store, place)
        const model = new Model()
        for (const one of steps) {
          if (one.do === "fold") state.fold(now, () => undefined)
          if (one.do === "reopen") state = new TaskState(folder, store, place)
          const delta = deltaOf(one)
          if (delta === undefined) continue
          store.write(() => state.putDelta(delta))
          state.applied(delta)
          model.apply(one)
        }
        const found = entriesText(state.read(recordKeys, states, now))
        assert.deepStrictEqual(found.toSorted(), model.answer(now).toSorted())
      }),
      { numRuns: 250, seed: 7 }
    )
  })

  it("keeps the deltas when a fold's transaction fails, and folds them the next time", () => {
    const place = { node: 1, partition: 0 }
    const state = new TaskState(folder, store, place)
    const delta = deltaOf({ do: "put", key: 1, mapKey: undefined, value: "v", expiry: 0 })
    assert.isDefined(delta)
    store.write(() => state.putDelta(delta))
    state.applied(delta)
    assert.throws(() =>
      state.fold(0, () => {
        throw new Error("cut short")
      })
    )
    assert.isAbove(state.pendingBytes, 0)
    state.fold(0, () => undefined)
    assert.strictEqual(state.pendingBytes, 0)
    const again = new TaskState(folder, store, place)
    const read = again.read([recordKeys[1] ?? null], [{ index: 0, kind: "value" }], 0)
    assert.deepStrictEqual(entriesText(read), ["put 0 a - v@0"])
  })

  it("lets go of what has expired although nobody asks for it again, and of nothing of another task", () => {
    const apply = (state: TaskState, key: string, expiry: number): void => {
      const writer = new StateEntryWriter()
      writer.put(0, bytes(key), undefined, expiry, bytes("v"))
      const delta = writer.finish()
      store.write(() => state.putDelta(delta))
      state.applied(delta)
    }
    const [state, other] = [1, 2].map((partition) => new TaskState(folder, store, { node: 1, partition }))
    assert.isDefined(state)
    assert.isDefined(other)
    for (const each of [state, other]) {
      for (let key = 0; key < 20; key++) apply(each, `guest-${key}`, key < 12 ? 100 : 0)
      each.fold(0, () => undefined)
    }
    const stored = () => Array.from(store.state.keys({})).length
    const left: number[] = []
    for (let round = 0; round < 12; round++) {
      apply(state, "user", 1_000)
      state.fold(200, () => undefined)
      left.push(stored())
    }
    assert.deepStrictEqual([left[0], left.at(-1)], [39, 20 + 8 + 1])
  })
})
