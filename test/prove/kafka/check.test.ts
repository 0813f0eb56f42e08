import { readFileSync } from "node:fs"
import { join } from "node:path"
import { StateEntryCursor, StateEntryWriter } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { drawsOf } from "../power-cut/prove-images.ts"
import { check } from "./check.ts"
import type { Content, Output } from "./check.ts"
import { expectedOf } from "./expected.ts"
import { planFaults } from "./fault-plan.ts"
import { eventAt, groupOf, keyCount, summed, weightOf } from "./load/events.ts"
import { entryOf } from "./read-content.ts"
import { kafkaBugs } from "./seeded-bugs.ts"
import { Watcher } from "./watcher.ts"

const seed = 5
const events = 3 * keyCount
const expected = expectedOf(seed, events)

/** What a run must leave: the keys of a group as they came. */
const perfect = ((): Content => {
  const sums = new Map<string, { n: number; sum: number }>()
  const outputs: Output[] = []
  for (let at = 0; at < events; at++) {
    const { key, seq } = eventAt(seed, at)
    const folded = expected.folded.get(key)?.find((each) => each.seq === seq)
    if (folded === undefined) continue
    const group = groupOf(key)
    const last = sums.get(group) ?? { n: 0, sum: 0 }
    const next = { n: last.n + 1, sum: summed(last.sum, weightOf(key, folded)) }
    sums.set(group, next)
    outputs.push({ key, group, ...folded, ...next, partition: Number(group.slice(1)) % 8 })
  }
  const folds = new Map(
    [...expected.folded].flatMap(([key, own]) => own.slice(-1).map((last) => [key, last]))
  )
  return { events, outputs, folds, sums, dead: [...expected.dead] }
})()

const faultsOf = (left: Partial<Content>): string =>
  check({ ...perfect, ...left }, expected).faults.join("\n")

/** The nth output of a key. */
const placeOf = (key: string, nth: number): number =>
  perfect.outputs.findIndex((each) => each.key === key && each.seq === expected.folded.get(key)?.[nth]?.seq)

describe("what the proof on Kafka holds a run to", () => {
  it("finds nothing in what a run must leave", () => {
    assert.strictEqual(faultsOf({}), "")
    assert.isAbove(expected.dead.size, 0)
  })

  it("finds a record that is lost", () => {
    const outputs = perfect.outputs.toSpliced(placeOf("k7", 1), 1)
    assert.match(faultsOf({ outputs }), /output: key k7 has 2 records of 3; at 1/)
  })

  it("finds a batch that is there twice", () => {
    const outputs = [...perfect.outputs.slice(0, 40), ...perfect.outputs.slice(20)]
    assert.match(faultsOf({ outputs }), /output: key \w+ has 4 records of 3/)
  })

  it("finds two records of a key that changed places", () => {
    const [first, second] = [placeOf("k9", 0), placeOf("k9", 1)]
    const outputs = perfect.outputs.map(
      (each, at) => perfect.outputs[at === first ? second : at === second ? first : at] ?? each
    )
    assert.match(faultsOf({ outputs }), /output: key k9 has 3 records of 3; at 0/)
  })

  it("finds two records of a group that changed places, though each key has its order", () => {
    const at = perfect.outputs.findIndex(({ group }) => group === "g3")
    const other = perfect.outputs.findIndex(({ group }, place) => place > at && group === "g3")
    const outputs = perfect.outputs.map(
      (each, place) => perfect.outputs[place === at ? other : place === other ? at : place] ?? each
    )
    const faults = faultsOf({ outputs })
    assert.notMatch(faults, /output: key/)
    assert.match(faults, /of group g3, where it is/)
  })

  it("finds a group in two partitions", () => {
    const outputs = perfect.outputs.map((each, at) => (at === 1_500 ? { ...each, partition: 9 } : each))
    assert.match(faultsOf({ outputs }), /is in the partitions \d and 9/)
  })

  it("finds an event of a transaction that was aborted", () => {
    const [first] = perfect.outputs
    if (first === undefined) throw new Error("there is no output")
    const outputs = [...perfect.outputs, { ...first, seq: 1_000_000_007 }]
    assert.match(faultsOf({ outputs }), /at 3 {"seq":1000000007/)
  })

  it("finds state that is stale, and state that is not there", () => {
    const folds = new Map(perfect.folds)
    const [before] = expected.folded.get("k4")?.slice(-2) ?? []
    if (before !== undefined) folds.set("k4", before)
    folds.delete("k5")
    assert.match(faultsOf({ folds }), /state of fold: key k4 has 1 records of 1; at 0/)
    assert.match(faultsOf({ folds }), /state of fold: key k5 has 0 records of 1/)
    const sums = new Map(perfect.sums).set("g2", { n: 1, sum: 1 })
    assert.match(faultsOf({ sums }), /state of sum: key g2/)
  })

  it("finds dead letters that are lost, repeated, or of an event that did not fail", () => {
    assert.match(faultsOf({ dead: perfect.dead.slice(1) }), /is lost/)
    assert.match(faultsOf({ dead: [...perfect.dead, ...perfect.dead.slice(0, 1)] }), /is there twice/)
    assert.match(faultsOf({ dead: [...perfect.dead, "fold k1:1"] }), /did not fail/)
  })

  it("finds events that the input has not, or has twice", () => {
    assert.match(faultsOf({ events: events - 1 }), /input: 2999 events of 3000/)
  })

  it("gives equal effects one digest, in whatever order the keys of a group came, and others another", () => {
    const { digest } = check(perfect, expected)
    const [first, ...rest] = perfect.outputs
    if (first === undefined) throw new Error("there is no output")
    assert.strictEqual(check({ ...perfect, dead: perfect.dead.toReversed() }, expected).digest, digest)
    assert.notStrictEqual(check({ ...perfect, outputs: rest }, expected).digest, digest)
  })
})

describe("who watches the output", () => {
  const record = (offset: number, text: string) => ({
    partition: 1,
    offset,
    key: null,
    value: Buffer.from(text)
  })

  it("finds an offset at which it saw something else", () => {
    const watcher = new Watcher()
    watcher.take([record(4, "a"), record(6, "b")])
    watcher.take([record(6, "b")])
    assert.strictEqual(watcher.count, 2)
    assert.deepStrictEqual(
      watcher.compare(
        new Map([
          ["1@4", "a"],
          ["1@6", "b"]
        ])
      ),
      []
    )
    assert.match(watcher.compare(new Map([["1@4", "a"]])).join(), /at 1@6 one saw 62, a later one nothing/)
    watcher.take([record(4, "c")])
    assert.match(watcher.faults.join(), /at 1@4 one saw 61, and then 63/)
  })
})

describe("an entry of a changelog", () => {
  it("is found behind whatever stands before it", () => {
    const sink = new StateEntryWriter()
    sink.put(1, Buffer.from("k17"), undefined, 0, Buffer.from("value"))
    const entry = sink.finish()
    const cursor = new StateEntryCursor(entry)
    assert.isTrue(cursor.next())
    const key = Buffer.concat([Buffer.from("e"), entry.subarray(cursor.start + 1, cursor.keyEnd)])
    for (const before of [5, 7]) {
      const value = Buffer.concat([Buffer.alloc(before), entry])
      assert.deepStrictEqual(Buffer.from(entryOf(key, value)), Buffer.from(entry))
    }
    assert.throws(() => entryOf(key, Buffer.from("something else")), /has no entry/)
  })
})

describe("the plan of faults", () => {
  const counts = { kills: 60, restarts: 12, freezes: 2, processes: 3, brokers: 3, freezeMs: 45_000 }

  it("is of its seed alone, and has all that was asked for", () => {
    const plan = planFaults(counts, drawsOf(1))
    assert.deepStrictEqual(plan, planFaults(counts, drawsOf(1)))
    assert.notDeepEqual(plan, planFaults(counts, drawsOf(2)))
    assert.lengthOf(plan, 74)
    for (const process of [0, 1, 2])
      assert.lengthOf(
        plan.filter((each) => each.kind === "kill" && each.process === process),
        20
      )
    for (const how of ["stop", "kill"])
      assert.lengthOf(
        plan.filter((each) => each.kind === "broker" && each.how === how),
        6
      )
    assert.lengthOf(
      plan.filter((each) => each.kind === "kill" && each.inCommit),
      30
    )
    assert.lengthOf(
      plan.filter((each) => each.kind === "kill" && each.losesState),
      10
    )
  })

  it("freezes workers, where there are any", () => {
    const frozen = planFaults(counts, drawsOf(3)).flatMap((each) =>
      each.kind === "freeze" ? [each.process] : []
    )
    assert.sameMembers(frozen, [2, 1])
  })
})

describe("the seeded bugs", () => {
  it("have their place in the program as it is", () => {
    for (const { file, from, name } of kafkaBugs) {
      const text = readFileSync(join(import.meta.dirname, "../../../runtime/src", file), "utf8")
      assert.strictEqual(text.split(from).length, 2, name)
    }
  })
})
