import * as Effect from "effect/Effect"
import type { Json } from "../../../avro/type.ts"
import { differing } from "../differing.ts"
import { type Finding, untried, verdictOf } from "../rule.ts"
import { type Check, shown, someOf } from "../subject.ts"
import { sinkRules } from "./sink-rules.ts"
import {
  commitBatch,
  filesJson,
  finish,
  type OpenSink,
  type SinkSubject,
  type Stretch,
  type WholeRun,
  type World,
  worldOf,
  writeBatch
} from "./sink-subject.ts"

const maxKills = 3

const writeAgain: Check<SinkSubject> = {
  rule: sinkRules.writeAgain,
  try: Effect.fnUntraced(function* (subject) {
    const whole = yield* subject.whole
    const findings: (Finding | undefined)[] = []
    if (!subject.isTransactional) return verdictOf(yield* saidAgain(subject, whole))
    for (const at of someOf([...whole.batches.keys()], maxKills)) {
      const came = yield* killed(subject, whole.batches, at, [whole.batches[at]!])
      const did = `killed it after the write of batch ${at + 1}, and wrote it again`
      findings.push(differing(did, filesJson(whole.final), filesJson(came)))
    }
    return verdictOf([...findings, yield* cutAnew(subject, whole)])
  })
}

/** Kills a sink between the write of a batch and its commit; what comes instead of it then, and the rest, is committed. */
const killed = Effect.fnUntraced(function* (
  { isTransactional, open, restart }: SinkSubject,
  batches: readonly Stretch[],
  at: number,
  instead: readonly Stretch[]
) {
  const before = yield* open()
  yield* before.driver.recover(undefined)
  const token = yield* finish(before, isTransactional, batches.slice(0, at), undefined)
  yield* writeBatch(before, batches[at]!, token)
  const sink = yield* restart(before)
  yield* sink.driver.recover(token)
  yield* finish(sink, isTransactional, [...instead, ...batches.slice(at + 1)], token)
  return worldOf(sink)
}, Effect.scoped)

/** After a kill a batch is cut otherwise. */
const cutAnew = Effect.fnUntraced(function* (subject: SinkSubject, { batches }: WholeRun) {
  const at = Math.floor(batches.length / 2)
  const { end, from, to } = batches[at]!
  const middle = Math.floor((from + to) / 2)
  if (middle === from) return undefined
  const halves = [
    { from, to: middle, end: false },
    { from: middle, to, end }
  ]
  const came = yield* killed(subject, batches, at, halves)
  const sink = yield* subject.open()
  yield* sink.driver.recover(undefined)
  const anew = [...batches.slice(0, at), ...halves, ...batches.slice(at + 1)]
  yield* finish(sink, subject.isTransactional, anew, undefined)
  const did = `killed it after the write of batch ${at + 1}, and wrote it again in two`
  return differing(did, filesJson(worldOf(sink)), filesJson(came))
}, Effect.scoped)

/** Without transactions: the same batch, written again in the same memory and in a fresh one, says the same. */
const saidAgain = Effect.fnUntraced(function* ({ open, restart }: SinkSubject, whole: WholeRun) {
  const findings: (Finding | undefined)[] = []
  let sink = yield* open()
  for (const [at, batch] of whole.batches.entries()) {
    const before = worldOf(sink).requests.length
    yield* writeBatch(sink, batch, undefined)
    const first = worldOf(sink)
    yield* writeBatch(sink, batch, undefined)
    const second = worldOf(sink)
    sink = yield* restart(sink)
    yield* writeBatch(sink, batch, undefined)
    const third = worldOf(sink)
    const did = `wrote batch ${at + 1} again, as after a kill`
    const said = sorted(first.requests.slice(before))
    findings.push(
      differing(did, said, sorted(second.requests.slice(first.requests.length)), "requests"),
      differing(did, said, sorted(third.requests), "requests"),
      differing(did, filesJson(first), filesJson(second)),
      differing(did, filesJson(first), filesJson(third))
    )
    sink = yield* restart(sink)
  }
  return [...findings, differing("wrote each batch again", filesJson(whole.final), filesJson(worldOf(sink)))]
}, Effect.scoped)

const sorted = (requests: readonly Json[]): readonly Json[] =>
  requests.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1))

const onlyTransactional = "it has no transaction"

const commitAgain: Check<SinkSubject> = {
  rule: sinkRules.commitAgain,
  try: Effect.fnUntraced(function* ({ isTransactional, open, restart, whole }) {
    if (!isTransactional) return untried(onlyTransactional)
    const { batches, final, worlds } = yield* whole
    let sink = yield* open()
    yield* sink.driver.recover(undefined)
    const findings: (Finding | undefined)[] = []
    let token: string | undefined
    for (const [at, batch] of batches.entries()) {
      token = (yield* writeBatch(sink, batch, token)).token
      yield* commitBatch(sink, batch, token)
      yield* commitBatch(sink, batch, token)
      sink = yield* restart(sink)
      yield* sink.driver.recover(token)
      yield* sink.driver.recover(token)
      const expected = filesJson(worlds[at + 1]!)
      findings.push(
        differing(`committed and recovered batch ${at + 1} twice`, expected, filesJson(worldOf(sink)))
      )
    }
    return verdictOf([
      ...findings,
      differing("committed every batch twice", filesJson(final), filesJson(worldOf(sink)))
    ])
  }, Effect.scoped)
}

const hiddenUntilCommit: Check<SinkSubject> = {
  rule: sinkRules.hiddenUntilCommit,
  try: Effect.fnUntraced(function* ({ isTransactional, open, whole }) {
    if (!isTransactional) return untried(onlyTransactional)
    const { batches, final } = yield* whole
    const sink = yield* open()
    yield* sink.driver.recover(undefined)
    const findings: (Finding | undefined)[] = []
    let token: string | undefined
    for (const [at, batch] of batches.entries()) {
      const before = visible(sink, final)
      token = (yield* writeBatch(sink, batch, token)).token
      findings.push(
        differing(`wrote batch ${at + 1}, and looked before its commit`, before, visible(sink, final))
      )
      yield* commitBatch(sink, batch, token)
    }
    return verdictOf(findings)
  }, Effect.scoped)
}

/** The files of the names that stand there in the end: others are where it works. */
const visible = (sink: OpenSink, final: World): Json => {
  const { files } = worldOf(sink)
  return Object.fromEntries(
    Object.entries(final.files).map(([handle, last]) => [
      handle,
      Object.fromEntries(Object.entries(files[handle] ?? {}).filter(([path]) => Object.hasOwn(last, path)))
    ])
  )
}

const recovers: Check<SinkSubject> = {
  rule: sinkRules.recovers,
  try: Effect.fnUntraced(function* ({ isTransactional, open, restart, whole }) {
    if (!isTransactional) return untried(onlyTransactional)
    const { batches, worlds } = yield* whole
    const findings: (Finding | undefined)[] = []
    for (const at of someOf([...batches.keys()], maxKills)) {
      const before = yield* open()
      yield* before.driver.recover(undefined)
      const token = yield* finish(before, isTransactional, batches.slice(0, at), undefined)
      const written = yield* Effect.result(writeBatch(before, batches[at]!, token))
      const sink = yield* restart(before)
      yield* sink.driver.recover(token)
      const did = `wrote batch ${at + 1}, did not commit it, and recovered`
      findings.push(
        written._tag === "Failure"
          ? { did, expected: "it is written", came: shown(written.failure.message) }
          : differing(did, filesJson(worlds[at]!), filesJson(worldOf(sink)))
      )
    }
    return verdictOf(findings)
  }, Effect.scoped)
}

export const killedWrites: readonly Check<SinkSubject>[] = [
  writeAgain,
  commitAgain,
  hiddenUntilCommit,
  recovers
]
