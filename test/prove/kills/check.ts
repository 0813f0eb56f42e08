import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { compareDead, compareSequences, shortened } from "./compare.ts"
import type { Counted, Expected } from "./expected.ts"
import type { LogContent, LoggedRecord } from "./read-log.ts"

const CountedValue = Schema.Struct({
  key: Schema.Number,
  seq: Schema.Number,
  count: Schema.Number,
  trail: Schema.Number
})
const StateValue = Schema.Struct({ count: Schema.Number, trail: Schema.Number, recent: Schema.String })
const DeadLetter = Schema.Struct({
  node: Schema.String,
  frame: Schema.NullOr(Schema.instanceOf(Uint8Array)),
  raw: Schema.NullOr(Schema.String)
})
const Place = Schema.Struct({ key: Schema.Number, seq: Schema.Number })

const decodeCounted = Schema.decodeUnknownSync(CountedValue)
const decodeCountedLine = Schema.decodeUnknownSync(Schema.fromJsonString(CountedValue))
const decodeState = Schema.decodeUnknownSync(StateValue)
const decodeDead = Schema.decodeUnknownSync(DeadLetter)
const decodePlace = Schema.decodeUnknownSync(Place)

/** What the checker found. `digest`: of all per-key sequences, the state and the dead letters; equal for equal effects. */
export interface Findings {
  readonly faults: readonly string[]
  readonly digest: string
  readonly counted: number
  readonly dead: number
}

/** Compares what a finished run left in log and files with what it must leave. */
export function check(log: LogContent, outFolder: string, expected: Expected): Findings {
  const stream = byKey(recordsOf(log, "load.counts").map(({ value }) => decodeCounted(value)))
  const files = byKey(readFiles(outFolder))
  const state = log.state("load", "count")
  const dead = deadLetters(log)
  const faults = [
    ...log.faults,
    ...compareSequences("stream", stream, expected.counted, isSame),
    ...compareSequences("files", files, expected.counted, isSame),
    ...compareState(state, expected.counted),
    ...compareDead(dead, expected.dead),
    ...unfinished(outFolder)
  ]
  const counted = [...stream.values()].reduce((sum, own) => sum + own.length, 0)
  if (counted + dead.length !== expected.records)
    faults.push(
      `${counted} outputs and ${dead.length} dead letters do not make ${expected.records} records of input`
    )
  return { faults, digest: digestOf(stream, files, state, dead), counted, dead: dead.length }
}

function recordsOf(log: LogContent, topic: string): readonly LoggedRecord[] {
  return (log.topics.get(topic) ?? []).filter(({ value }) => value !== undefined)
}

/** By key, in the order in which they stand; a key's records are all in one partition, and so is their order. */
function byKey(records: readonly Counted[]): ReadonlyMap<number, readonly Counted[]> {
  const found = new Map<number, Counted[]>()
  for (const record of records) {
    const own = found.get(record.key)
    if (own === undefined) found.set(record.key, [record])
    else own.push(record)
  }
  return found
}

/** Finished files only: what is not named yet was not made visible. */
function readFiles(folder: string): readonly Counted[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^part-.*\.ndjson$/.test(name))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1))
    .map((line) => decodeCountedLine(line))
}

function unfinished(folder: string): readonly string[] {
  const left = existsSync(folder) ? readdirSync(folder).filter((name) => name.includes("inprogress")) : []
  return left.map((name) => `files: ${name} was left unfinished`)
}

function isSame(one: Counted, other: Counted | undefined): boolean {
  return (
    one.key === other?.key && one.seq === other.seq && one.count === other.count && one.trail === other.trail
  )
}

function compareState(
  found: ReadonlyMap<number, unknown>,
  expected: ReadonlyMap<number, readonly Counted[]>
): readonly string[] {
  const faults: string[] = []
  for (const [key, wanted] of expected) {
    const last = wanted.at(-1)
    if (last === undefined) continue
    const own = found.has(key) ? decodeState(found.get(key)) : undefined
    if (own?.count !== last.count || own.trail !== last.trail)
      faults.push(
        `state: key ${key} is ${JSON.stringify(own)}, not count ${last.count} and trail ${last.trail}`
      )
  }
  return shortened("state", faults)
}

/** As `NODE KEY:SEQ`, one for each record of the topic. */
function deadLetters(log: LogContent): readonly string[] {
  return recordsOf(log, "load.dead-letters").map(({ value }) => {
    const { frame, node, raw } = decodeDead(value)
    if (frame === null) return `${node} ${raw}`
    const { key, seq } = decodePlace(log.valuesOf(frame)[0])
    return `${node} ${key}:${seq}`
  })
}

function digestOf(
  stream: ReadonlyMap<number, readonly Counted[]>,
  files: ReadonlyMap<number, readonly Counted[]>,
  state: ReadonlyMap<number, unknown>,
  dead: readonly string[]
): string {
  const sorted = (map: ReadonlyMap<number, unknown>) => [...map].sort(([left], [right]) => left - right)
  const whole = [sorted(stream), sorted(files), sorted(state), [...dead].sort()]
  return createHash("sha256").update(JSON.stringify(whole)).digest("hex")
}
