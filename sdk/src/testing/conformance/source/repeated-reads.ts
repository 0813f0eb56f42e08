import * as Effect from "effect/Effect"
import { differing } from "../differing.ts"
import { type Finding, untried, verdictOf } from "../rule.ts"
import { type Check, shown, someOf } from "../subject.ts"
import { readJson, unlikeGiven, unlikeReads } from "./compare-reads.ts"
import { sourceRules } from "./source-rules.ts"
import { givenBy, type Read, readAll, readOnce, readPartition, type SourceSubject } from "./source-subject.ts"

/** Positions that are read from again. */
const maxPositions = 5

const sameAgain: Check<SourceSubject> = {
  rule: sourceRules.sameAgain,
  try: Effect.fnUntraced(function* ({ open, whole }) {
    const reads = yield* whole
    const source = yield* open({ isFresh: true })
    const findings: (Finding | undefined)[] = []
    for (const read of someOf(reads, maxPositions)) {
      source.node.host.now = read.now
      const again = yield* readOnce(source, read)
      findings.push(differing(`read again ${placeOf(read)}`, readJson(read), readJson(again)))
    }
    return verdictOf(findings)
  }, Effect.scoped)
}

const placeOf = ({ from, partition }: Pick<Read, "from" | "partition">): string =>
  `from ${from === undefined ? "the beginning" : `position ${shown(from)}`} of partition ${partition}`

const anyCut: Check<SourceSubject> = {
  rule: sourceRules.anyCut,
  try: Effect.fnUntraced(function* ({ open, whole }) {
    const reads = yield* whole
    const fresh = yield* open({ isFresh: true })
    const kept = yield* open({})
    const tail = reads[Math.floor(reads.length / 2)]
    return verdictOf([
      ...unlikeReads("read it record by record, each time with a fresh memory", reads, [
        ...(yield* readAll(fresh, { maxRecords: 1, maxReads: 5 }))
      ]),
      ...unlikeReads(
        "read it record by record, in one memory",
        reads,
        yield* readAll(kept, { maxRecords: 1 })
      ),
      ...unlikeReads("read it all at once", reads, yield* readAll(kept, { maxRecords: 1_000 })),
      ...(tail === undefined ? [] : yield* restFrom(kept, reads, tail))
    ])
  }, Effect.scoped)
}

/** From the middle, what comes is what came from there on. */
const restFrom = Effect.fnUntraced(function* (
  source: Parameters<typeof readPartition>[0],
  reads: readonly Read[],
  from: Read
) {
  const later = reads.slice(reads.indexOf(from)).filter(({ partition }) => partition === from.partition)
  source.node.host.now = from.now
  const rest = yield* readPartition(source, from.partition, from.from, { maxRecords: 2 })
  const [wanted, came] = [givenBy(later)[from.partition], givenBy(rest)[from.partition]]
  if (wanted === undefined || came === undefined) return []
  return unlikeGiven(`went on ${placeOf(from)}, two records at a time`, wanted, came)
})

const dayLater = 86_400_000 + 12_345

const notOfTheClock: Check<SourceSubject> = {
  rule: sourceRules.notOfTheClock,
  try: Effect.fnUntraced(function* ({ isBounded, open, whole }) {
    if (!isBounded) return untried("it is endless: what there is to read depends on when it is read")
    const reads = yield* whole
    const source = yield* open({})
    const [first] = reads
    source.node.host.now += dayLater
    const later = yield* readAll(source, { maxRecords: first?.maxRecords ?? 1 })
    const did = "read it a day later"
    return verdictOf([
      differing(did, reads.map(readJson), later.map(readJson)),
      differing(did, reads.flatMap(timesOf), later.flatMap(timesOf), "timestamps")
    ])
  }, Effect.scoped)
}

/** A record without a time has the call's. */
const timesOf = ({ now, timestamps }: Read): readonly (number | string)[] =>
  timestamps.map((time) => (time === now ? "the clock" : time))

const partitionsStay: Check<SourceSubject> = {
  rule: sourceRules.partitionsStay,
  try: Effect.fnUntraced(function* ({ open, whole }) {
    yield* whole
    const source = yield* open({})
    const first = yield* source.driver.partitions
    const again = yield* source.driver.partitions
    source.node.host.now += dayLater
    const later = yield* source.driver.partitions
    const odd = first.find((name) => name === "")
    return verdictOf([
      differing("asked for the partitions twice", [...first], [...again]),
      differing("asked for the partitions a day later", [...first], [...later]),
      first.length > 0 && odd === undefined
        ? undefined
        : { did: "asked for the partitions", expected: "names, one at least", came: shown(first) }
    ])
  }, Effect.scoped)
}

export const repeatedReads: readonly Check<SourceSubject>[] = [
  sameAgain,
  anyCut,
  notOfTheClock,
  partitionsStay
]
