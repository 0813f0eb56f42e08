import { assert, describe, it } from "vitest"
import { emptyLayout, nextLayout, type StateLayout, type WantedState } from "./layout.ts"

const state = (name: string, schema = 1, kind = "value"): WantedState => ({ name, kind, schema })
const readable = (writer: number, reader: number) => writer <= reader
const next = (current: StateLayout, states: readonly WantedState[], key = "id") =>
  nextLayout(current, { key, states }, readable)
const laid = (current: StateLayout, states: readonly WantedState[]): StateLayout => {
  const layout = next(current, states)
  assert.isDefined(layout)
  return layout
}

describe("the layout of a node's state", () => {
  it("gives each state a slot, which goes with its name", () => {
    const first = laid(emptyLayout, [state("a"), state("b")])
    assert.deepStrictEqual(
      first.states.map(({ name, slot }) => `${name}${slot}`),
      ["a0", "b1"]
    )
    const second = laid(first, [state("c"), state("b"), state("a")])
    assert.deepStrictEqual(
      second.states.map(({ name, slot }) => `${name}${slot}`),
      ["c2", "b1", "a0"]
    )
    assert.deepStrictEqual(second.retired, [])
  })

  it("keeps every schema on the way, the newest last", () => {
    const first = laid(emptyLayout, [state("a", 1)])
    const second = laid(first, [state("a", 3)])
    assert.deepStrictEqual(second.states[0]?.schemas, [1, 3])
    assert.deepStrictEqual(laid(second, [state("a", 3)]), second)
  })

  it("retires the slot of what is gone, and gives it to nobody before it is cleared", () => {
    const first = laid(emptyLayout, [state("a"), state("b")])
    const second = laid(first, [state("b"), state("c")])
    assert.deepStrictEqual(second.retired, [0])
    assert.strictEqual(second.states[1]?.slot, 2)
    const cleared = laid({ ...second, retired: [] }, [state("b"), state("c"), state("d")])
    assert.strictEqual(cleared.states[2]?.slot, 0)
  })

  it("lets a state that cannot be read begin at a slot of its own", () => {
    const first = laid(emptyLayout, [state("a", 3)])
    const second = laid(first, [state("a", 1)])
    assert.deepStrictEqual(second.retired, [0])
    assert.deepStrictEqual(second.states[0], { name: "a", kind: "value", slot: 1, schemas: [1] })
    assert.deepStrictEqual(laid(first, [state("a", 3, "map")]).retired, [0])
  })

  it("is none that could go on under another key", () => {
    const first = laid(emptyLayout, [state("a")])
    assert.isUndefined(next(first, [state("a")], "title"))
  })

  it("refuses more states than there are slots", () => {
    const many = Array.from({ length: 255 }, (_, index) => state(`s${index}`))
    assert.throws(() => next(emptyLayout, many), RangeError)
  })
})
