import { createHash } from "node:crypto"
import { compareDead, compareSequences, shortened } from "../kills/compare.ts"
import type { Expected, Folded, Sum } from "./expected.ts"
import type { Fold } from "./load/events.ts"
import { groupOf, summed, weightOf } from "./load/events.ts"

/** A record of the output, in the order of its partition. */
export interface Output extends Folded, Sum {
  readonly key: string
  readonly group: string
  readonly partition: number
}

/** What a run left in Kafka. */
export interface Content {
  /** How many committed events another client's reader finds in the input. */
  readonly events: number
  /** In the order of each partition. */
  readonly outputs: readonly Output[]
  /** State by key, as the changelogs have it. */
  readonly folds: ReadonlyMap<string, Fold>
  readonly sums: ReadonlyMap<string, Sum>
  /** As `NODE KEY:SEQ`. */
  readonly dead: readonly string[]
}

/** `digest`: of what does not depend on in which order the keys of a group came: equal for equal effects. */
export interface Findings {
  readonly faults: readonly string[]
  readonly digest: string
}

/** Compares what a run left with what it must leave. */
export function check(content: Content, expected: Expected): Findings {
  const { dead, events, folds, outputs, sums } = content
  const folded = byKey(outputs)
  const faults = [
    ...(events === expected.events ? [] : [`input: ${events} events of ${expected.events}`]),
    ...compareSequences("output", folded, expected.folded, isSameFold),
    ...partitionFaults(outputs),
    ...runningSumFaults(outputs),
    ...compareSequences("state of fold", listed(folds), lastOf(expected.folded), isSameState),
    ...compareSequences("state of sum", listed(sums), listed(expected.sums), isSameSum),
    ...compareDead(dead, expected.dead)
  ]
  if (outputs.length + dead.length !== expected.events)
    faults.push(
      `${outputs.length} outputs and ${dead.length} dead letters do not make ${expected.events} events`
    )
  return { faults, digest: digestOf(content, folded) }
}

function byKey(outputs: readonly Output[]): ReadonlyMap<string, readonly Folded[]> {
  const found = new Map<string, Folded[]>()
  for (const { count, key, seq, trail } of outputs) {
    const own = found.get(key)
    if (own === undefined) found.set(key, [{ seq, count, trail }])
    else own.push({ seq, count, trail })
  }
  return found
}

/** Records of a group stand in one partition: else there is no order among them. */
function partitionFaults(outputs: readonly Output[]): readonly string[] {
  const faults: string[] = []
  const places = new Map<string, number>()
  for (const { group, key, partition } of outputs) {
    if (group !== groupOf(key)) faults.push(`output: key ${key} is in group ${group}`)
    const place = places.get(group) ?? partition
    places.set(group, place)
    if (place !== partition)
      faults.push(`output: group ${group} is in the partitions ${place} and ${partition}`)
  }
  return shortened("output", faults)
}

/** Each record of a group says how many there were up to it, and their sum: the fold of what stands before it. */
function runningSumFaults(outputs: readonly Output[]): readonly string[] {
  const faults: string[] = []
  const last = new Map<string, Sum>()
  for (const { count, group, key, n, seq, sum, trail } of outputs) {
    const before = last.get(group) ?? { n: 0, sum: 0 }
    const next = { n: before.n + 1, sum: summed(before.sum, weightOf(key, { count, trail })) }
    last.set(group, next)
    if (n !== next.n || sum !== next.sum)
      faults.push(
        `output: ${key}:${seq} says ${n} records and sum ${sum} of group ${group}, where it is ${next.n} and ${next.sum}`
      )
  }
  return shortened("output", faults)
}

function lastOf(folded: Expected["folded"]): ReadonlyMap<string, readonly Fold[]> {
  return new Map([...folded].map(([key, own]) => [key, own.slice(-1)]))
}

function listed<Value>(states: ReadonlyMap<string, Value>): ReadonlyMap<string, readonly Value[]> {
  return new Map([...states].map(([key, value]) => [key, [value]]))
}

function isSameFold(one: Folded, other: Folded | undefined): boolean {
  return one.seq === other?.seq && isSameState(one, other)
}

function isSameState(one: Fold, other: Fold | undefined): boolean {
  return one.count === other?.count && one.trail === other.trail
}

function isSameSum(one: Sum, other: Sum | undefined): boolean {
  return one.n === other?.n && one.sum === other.sum
}

function digestOf({ dead, sums }: Content, folded: ReadonlyMap<string, readonly Folded[]>): string {
  const sorted = (map: ReadonlyMap<string, unknown>) =>
    [...map].toSorted(([left], [right]) => (left < right ? -1 : 1))
  const hash = createHash("sha256")
  for (const each of [...sorted(folded), ...sorted(sums), dead.toSorted()]) hash.update(JSON.stringify(each))
  return hash.digest("hex")
}
