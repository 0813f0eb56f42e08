import * as Effect from "effect/Effect"
import { type Finding, untried, verdictOf } from "../rule.ts"
import { type Check, shown } from "../subject.ts"
import { sourceRules } from "./source-rules.ts"
import { type Read, readAll, readOnce, type SourceSubject } from "./source-subject.ts"

const maxPosition = 64 * 1024
/** A position of this length, in characters, may do what it likes. */
const smallPosition = 256
/** Characters for each record that was read. */
const growth = 4

const smallPositionCheck: Check<SourceSubject> = {
  rule: sourceRules.smallPosition,
  try: Effect.fnUntraced(function* ({ whole }) {
    const reads = yield* whole
    return verdictOf([...reads.flatMap(standsStill), ...reads.filter(isHuge).map(tooLarge), grows(reads)])
  })
}

const isHuge = ({ position }: Read): boolean => position.length > maxPosition

const tooLarge = ({ position }: Read): Finding => ({
  did: "read it",
  expected: `positions of at most ${maxPosition} characters`,
  came: shown(position)
})

const standsStill = ({ from, position, records }: Read): readonly Finding[] =>
  records.length === 0 || position !== from
    ? []
    : [
        {
          did: `read ${records.length} records from position ${shown(from)}`,
          expected: "the position after them",
          came: "the same position"
        }
      ]

const grows = (reads: readonly Read[]): Finding | undefined => {
  const [first] = reads
  const own = reads.filter(({ partition }) => partition === first?.partition)
  const last = own.at(-1)
  if (first === undefined || last === undefined || last.position.length <= smallPosition) return undefined
  const count = own.slice(1).reduce((sum, { records }) => sum + records.length, 0)
  const more = last.position.length - first.position.length
  if (count < 10 || more < count * growth) return undefined
  return {
    did: `read ${count} records`,
    expected: "a position of about the same length",
    came: `${more} characters more: ${shown(last.position)}`
  }
}

/** Reads so large a part that one which keeps no bound shows. */
const smallBytes = 4_096
const muchBytes = 64 * 1024

const batchBounds: Check<SourceSubject> = {
  rule: sourceRules.batchBounds,
  try: Effect.fnUntraced(function* ({ open, whole }) {
    yield* whole
    const source = yield* open({})
    const findings: Finding[] = []
    for (const maxRecords of [1, 2, 7]) {
      const reads = yield* Effect.result(readAll(source, { maxRecords, maxReads: 4 }))
      if (reads._tag === "Failure")
        findings.push({
          did: `read at most ${maxRecords} records`,
          expected: "no more than that",
          came: shown(reads.failure.message)
        })
    }
    const small = yield* readAll(source, { maxRecords: 1_000, maxBytes: smallBytes, maxReads: 4 })
    const large = small.find(({ bytes, largest }) => bytes > muchBytes + largest)
    if (large !== undefined)
      findings.push({
        did: `read about ${smallBytes} bytes`,
        expected: `no more than ${muchBytes} bytes of JSON`,
        came: `${large.bytes} bytes in ${large.records.length} records`
      })
    return verdictOf(findings)
  }, Effect.scoped)
}

/** Reads of many records each that the end is looked for in. */
const endReads = 20

const endStays: Check<SourceSubject> = {
  rule: sourceRules.endStays,
  try: Effect.fnUntraced(function* ({ isBounded, open, whole }) {
    const first = yield* whole
    if (!isBounded) {
      const ended = first.find(({ next }) => next === "end")
      if (ended === undefined) return verdictOf([])
      const came = `next: "end" from position ${shown(ended.from ?? "the beginning")}`
      return verdictOf([{ did: "read it, which is not bounded", expected: '"more" or "idle"', came }])
    }
    const source = yield* open({ isFresh: false })
    const reads = yield* readAll(source, { maxRecords: 1_000, maxReads: endReads })
    const last = [...new Map(reads.map((read) => [read.partition, read])).values()]
    const ended = last.filter(({ next }) => next === "end")
    if (ended.length === 0)
      return untried(`it has not ended after ${endReads} reads: give it less in the fixture`)
    const findings: Finding[] = []
    for (const read of ended) findings.push(...(yield* afterEnd(source, read)))
    return verdictOf(findings)
  }, Effect.scoped)
}

const afterEnd = Effect.fnUntraced(function* (source: Parameters<typeof readOnce>[0], read: Read) {
  source.node.host.now += 3_600_000
  const again = yield* readOnce(source, { partition: read.partition, from: read.position, maxRecords: 1_000 })
  if (again.next === "end" && again.records.length === 0 && again.rejected.length === 0) return []
  return [
    {
      did: `read partition ${read.partition} again from the position of its end`,
      expected: 'next: "end", and no records',
      came: `next: ${JSON.stringify(again.next)}, and ${again.records.length} records`
    }
  ]
})

const idles: Check<SourceSubject> = {
  rule: sourceRules.idles,
  try: Effect.fnUntraced(function* ({ open, whole }) {
    const reads = yield* whole
    const spinning = reads.find(
      ({ from, next, position, records, rejected }) =>
        next === "more" && records.length === 0 && rejected.length === 0 && position === from
    )
    if (spinning !== undefined) return verdictOf([spins(spinning)])
    const idle = reads.find(({ next }) => next === "idle")
    if (idle === undefined) return untried("it never idled")
    const source = yield* open({ isFresh: true })
    source.node.host.now = idle.now
    const again = yield* readOnce(source, { ...idle, from: idle.position })
    return verdictOf([again.next === "more" && again.records.length === 0 ? spins(again) : undefined])
  }, Effect.scoped)
}

const spins = ({ from, partition }: Read): Finding => ({
  did: `read partition ${partition} from position ${shown(from ?? "the beginning")}`,
  expected: 'next: "idle" (or "end") where nothing came',
  came: 'next: "more", no records, and the same position'
})

const earliest = Date.UTC(1900, 0, 1)
const latest = Date.UTC(2200, 0, 1)
/** Seconds of the years from 1990 to 2100, taken for milliseconds. */
const secondsFrom = Date.UTC(1990, 0, 1) / 1_000
const secondsTo = Date.UTC(2100, 0, 1) / 1_000

const eventTimes: Check<SourceSubject> = {
  rule: sourceRules.eventTimes,
  try: Effect.fnUntraced(function* ({ whole }) {
    const reads = yield* whole
    const times = reads.flatMap(({ now, timestamps }) => timestamps.filter((time) => time !== now))
    if (times.length === 0) return untried("its records have the time at which they are read")
    const odd = times.find((time) => time < earliest || time >= latest)
    const areSeconds = times.every((time) => time >= secondsFrom && time < secondsTo)
    const came = odd === undefined ? `${times[0]}, as if in seconds` : String(odd)
    return verdictOf([
      odd === undefined && !areSeconds
        ? undefined
        : {
            did: "read it",
            expected: "timestamps in ms since 1970",
            came: `${came}: ${dateOf(odd ?? times[0]!)}`
          }
    ])
  })
}

const dateOf = (time: number): string =>
  Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : "no date at all"

const fitsOutput: Check<SourceSubject> = {
  rule: sourceRules.fitsOutput,
  try: Effect.fnUntraced(function* ({ whole }) {
    const reads = yield* whole
    const misfits = reads.flatMap(({ rejected }) => rejected.filter(({ raw }) => raw === ""))
    return verdictOf(
      misfits.map(({ message }) => ({
        did: "read it",
        expected: "records that fit, and for others `rejected` with their text in `raw`",
        came: `a dead letter without a text: ${shown(message)}`
      }))
    )
  })
}

export const singleReads: readonly Check<SourceSubject>[] = [
  smallPositionCheck,
  batchBounds,
  endStays,
  idles,
  eventTimes,
  fitsOutput
]
