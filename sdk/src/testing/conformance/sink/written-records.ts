import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import type { Json } from "../../../avro/type.ts"
import type { FixtureCase } from "../../fixture/fixture-file.ts"
import { fixtureValue } from "../../fixture/fixture-value.ts"
import { textOf } from "../../fixture/plain-text.ts"
import type { TestError } from "../../test-error.ts"
import { frameOf, recordsIn } from "../../test-stream.ts"
import { differing } from "../differing.ts"
import { Watch } from "../faults.ts"
import { generatedRow, manyRecords } from "../generated-rows.ts"
import { editRows } from "../rows.ts"
import { type Finding, untried, type Verdict, verdictOf } from "../rule.ts"
import { type Check, shown } from "../subject.ts"
import { find, type Marks, marksOf, requestText, textsIn } from "./marks.ts"
import { sinkRules } from "./sink-rules.ts"
import {
  batchesOf,
  finish,
  type OpenSink,
  type SinkSubject,
  type World,
  worldOf,
  writeBatch
} from "./sink-subject.ts"

/** The records of a sink's input, as a fixture writes them, with their keys. */
const recordsOf = ({
  node,
  stream
}: OpenSink): readonly { readonly value: Json; readonly key: string | null }[] => {
  const input = node.inputs["input"]!
  return recordsIn(frameOf(stream, input, 0, stream.values.length), input.schema).map(({ key, value }) => ({
    value: value === null ? null : fixtureValue(input.schema, value),
    key: key === null ? null : textOf(key)
  }))
}

const unseen = "its records cannot be recognised in what it writes"

const everyRecord: Check<SinkSubject> = {
  rule: sinkRules.everyRecord,
  try: Effect.fnUntraced(function* ({ open, whole }) {
    const { deadLetters, final } = yield* whole
    const sink = yield* open()
    const records = recordsOf(sink).map(({ value }) => value)
    const marks = marksOf(records)
    const texts = textsIn(final)
    const found = marks.map((own) => find(own, texts))
    if (!found.some((place) => place !== undefined)) return untried(unseen)
    const lost = [...records.entries()].filter(
      ([at, value]) => value !== null && marks[at]!.length > 0 && found[at] === undefined
    )
    if (lost.length <= deadLetters) return verdictOf([])
    return verdictOf(
      lost.map(([, value]) => ({
        did: "wrote all records, and looked for each",
        expected: shown(value),
        came: "no trace of it, and it is not named as failed"
      }))
    )
  }, Effect.scoped)
}

const keyOrder: Check<SinkSubject> = {
  rule: sinkRules.keyOrder,
  try: Effect.fnUntraced(function* ({ isTransactional, open, whole }) {
    const { batches } = yield* whole
    const watch = new Watch()
    const slowly = new Slowing(watch)
    const sink = yield* open({ intercept: slowly.intercept })
    if (isTransactional) yield* sink.driver.recover(undefined)
    yield* finish(sink, isTransactional, batches, undefined)
    const records = recordsOf(sink)
    const marks = marksOf(records.map(({ value }) => value))
    const groups = Map.groupBy([...records.keys()], (at) => records[at]!.key ?? "")
    const pairs = [...groups.values()].flatMap((group) =>
      group.slice(1).map((at, place): readonly [Marks, Marks] => [marks[group[place]!]!, marks[at]!])
    )
    const texts = textsIn(worldOf(sink))
    const seen = pairs.filter(
      ([one, other]) => find(one, texts) !== undefined && find(other, texts) !== undefined
    )
    if (seen.length === 0) return untried("no two records of one key can be recognised in what it writes")
    return verdictOf(
      seen.map(([one, other]) => misplaced(one, other, texts) ?? overlapping(one, other, watch))
    )
  }, Effect.scoped)
}

/** Answers come the later the sooner they were asked for: what is sent at the same time shows. */
class Slowing {
  #left = 8
  readonly #watch: Watch

  constructor(watch: Watch) {
    this.#watch = watch
  }

  readonly intercept: Watch["intercept"] = (request, serve) => {
    this.#left = this.#left === 0 ? 8 : this.#left - 1
    return this.#watch.intercept(request, Effect.delay(serve, this.#left))
  }
}

const misplaced = (one: Marks, other: Marks, texts: readonly string[]): Finding | undefined => {
  const [first, second] = [find(one, texts), find(other, texts)]
  if (first === undefined || second === undefined) return undefined
  const isInOrder = first.text < second.text || (first.text === second.text && first.at <= second.at)
  if (isInOrder) return undefined
  return {
    did: "wrote two records of one key",
    expected: `${one[0]} before ${other[0]}`,
    came: "the other order"
  }
}

/** The second was sent before the first was taken. */
const overlapping = (one: Marks, other: Marks, { seen }: Watch): Finding | undefined => {
  const requests = seen.filter(({ operation }) => operation === "request")
  const requestOf = (marks: Marks) => requests.find((each) => find(marks, [requestText(each)]) !== undefined)
  const [first, second] = [requestOf(one), requestOf(other)]
  if (first === undefined || second === undefined || first === second) return undefined
  if (first.answered < second.started) return undefined
  return {
    did: "wrote two records of one key",
    expected: `${other[0]} is sent when ${one[0]} was taken`,
    came: "both were under way at one time"
  }
}

/** Records of the batch that shows how many requests are made at one time. */
const manyCount = 300
const maxUnderWay = 128

const answersWhenDone: Check<SinkSubject> = {
  rule: sinkRules.answersWhenDone,
  try: Effect.fnUntraced(function* ({ isTransactional, open, ready, whole }) {
    yield* whole
    const watch = new Watch()
    const given = manyRecords(ready, Math.min(manyCount, ready.manifest.sink?.maxRecords ?? manyCount))
    const sink = yield* open({ intercept: new Slowing(watch).intercept }, given)
    if (isTransactional) yield* sink.driver.recover(undefined)
    const count = sink.stream.values.length
    const written = yield* Effect.result(writeBatch(sink, { from: 0, to: count, end: true }, undefined))
    if (watch.seen.length === 0) return untried("it asks for nothing")
    const did = `wrote ${count} records in one batch`
    return verdictOf([
      watch.underWay > 0
        ? {
            did,
            expected: "every request is answered when it answers",
            came: `${watch.underWay} were under way`
          }
        : undefined,
      watch.most > maxUnderWay
        ? { did, expected: `at most ${maxUnderWay} requests at one time`, came: `${watch.most}` }
        : undefined,
      written._tag === "Failure"
        ? { did, expected: "they are written", came: shown(written.failure.message) }
        : undefined
    ])
  }, Effect.scoped)
}

const emptyBatch: Check<SinkSubject> = {
  rule: sinkRules.emptyBatch,
  try: Effect.fnUntraced(function* ({ isTransactional, open, whole }) {
    const { worlds } = yield* whole
    const sink = yield* open()
    if (isTransactional) yield* sink.driver.recover(undefined)
    const batches = [
      { from: 0, to: 0, end: false },
      { from: 0, to: 0, end: true }
    ]
    const result = yield* Effect.result(finish(sink, isTransactional, batches, undefined))
    const did = "wrote no records, and then the end of the input"
    if (result._tag === "Failure") return verdictOf([failure(did, "it is no failure", result.failure)])
    const { files, requests } = worldOf(sink)
    return verdictOf([
      differing(did, contents(worlds[0]!.files), contents(files), "files"),
      requests.length === 0 ? undefined : { did, expected: "no request", came: shown(requests[0]) }
    ])
  }, Effect.scoped)
}

/** Files that hold something. */
const contents = (files: World["files"]): Json =>
  Object.fromEntries(
    Object.entries(files).map(([handle, byPath]) => [
      handle,
      Object.fromEntries(Object.entries(byPath).filter(([, content]) => content !== ""))
    ])
  )

const failure = (did: string, expected: string, { message }: TestError): Finding => ({
  did,
  expected,
  came: shown(message)
})

/** Writes other records than the case's, in one batch: it may refuse some, and must not fail. */
const takes = (subject: SinkSubject, given: FixtureCase, did: string) =>
  Effect.gen(function* () {
    const sink = yield* subject.open({}, given)
    if (subject.isTransactional) yield* sink.driver.recover(undefined)
    const batches = batchesOf(sink.stream.values.length, sink.stream.values.length)
    const result = yield* Effect.result(finish(sink, subject.isTransactional, batches, undefined))
    const verdict: Verdict = verdictOf(
      result._tag === "Failure"
        ? [failure(did, "it writes them, or names those that it cannot write in `failed`", result.failure)]
        : []
    )
    return verdict
  }).pipe(Effect.scoped)

const deletes: Check<SinkSubject> = {
  rule: sinkRules.deletes,
  try: Effect.fnUntraced(function* (subject) {
    yield* subject.whole
    const given = editRows(subject.ready.case, (rows) => [
      ...rows.slice(0, 2),
      { $value: null },
      ...rows.slice(2)
    ])
    return yield* takes(subject, given, "put a record without a value between the others")
  })
}

const edgeCount = 12

const poisonAlone: Check<SinkSubject> = {
  rule: sinkRules.poisonAlone,
  try: Effect.fnUntraced(function* (subject) {
    yield* subject.whole
    const generate = generatedRow(subject.ready, undefined)
    if (generate === undefined) return untried("no records can be made of its contract")
    const edges = fc.sample(generate, { seed: 1, numRuns: edgeCount }).map((value) => ({ $value: value }))
    const given = editRows(subject.ready.case, (rows) => [...rows, ...edges])
    return yield* takes(subject, given, `added ${edgeCount} records at the edges of their types`)
  })
}

/** What becomes of each record. */
export const writtenRecords: readonly Check<SinkSubject>[] = [
  everyRecord,
  keyOrder,
  answersWhenDone,
  emptyBatch,
  deletes,
  poisonAlone
]
