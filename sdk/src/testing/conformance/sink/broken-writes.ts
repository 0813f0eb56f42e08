import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { TestError } from "../../test-error.ts"
import { differing } from "../differing.ts"
import { type Fault, faultsOf, type SeenRequest, silence, someRequests, Watch } from "../faults.ts"
import { type Finding, untried, verdictOf } from "../rule.ts"
import { type Check, shown } from "../subject.ts"
import { sinkRules } from "./sink-rules.ts"
import {
  commitBatch,
  filesJson,
  finish,
  type OpenSink,
  type SinkSubject,
  type WholeRun,
  worldOf,
  writeBatch
} from "./sink-subject.ts"

/** What it asks for, undisturbed. */
const requestsOf = Effect.fnUntraced(function* (
  { isTransactional, open }: SinkSubject,
  { batches }: WholeRun
) {
  const watch = new Watch()
  const sink = yield* open({ intercept: watch.intercept })
  if (isTransactional) yield* sink.driver.recover(undefined)
  yield* finish(sink, isTransactional, batches, undefined)
  return watch.seen
}, Effect.scoped)

const failingWrite: Check<SinkSubject> = {
  rule: sinkRules.failingWrite,
  try: Effect.fnUntraced(function* (subject) {
    const whole = yield* subject.whole
    const seen = yield* requestsOf(subject, whole)
    if (seen.length === 0) return untried("it asks for nothing")
    const findings: (Finding | undefined)[] = []
    for (const [at, { handle }] of someRequests(seen))
      for (const fault of faultsOf(subject.ready.manifest, handle, at))
        findings.push(...(yield* writePast(subject, whole, seen, fault)))
    return verdictOf(findings)
  })
}

/** Writes with one fault; what fails is done again, as the runtime does. */
const writePast = Effect.fnUntraced(function* (
  { isTransactional, open, restart }: SinkSubject,
  whole: WholeRun,
  undisturbed: readonly SeenRequest[],
  fault: Fault
) {
  const watch = new Watch(fault)
  const errors: TestError[] = []
  const first = yield* open({ intercept: watch.intercept })
  const { letters, sink } = yield* writeInsisting({
    first,
    restart,
    isTransactional,
    batches: whole.batches,
    errors
  })
  const did = `wrote where ${fault.what}, and again what failed`
  return [
    ...errors.flatMap((error) => untagged(did, error)),
    differing(did, filesJson(whole.final), filesJson(worldOf(sink))),
    letters > whole.deadLetters ? undefined : unsaid(did, undisturbed, watch.seen)
  ]
}, Effect.scoped)

interface Insisting extends Pick<SinkSubject, "isTransactional" | "restart"> {
  readonly first: OpenSink
  readonly batches: WholeRun["batches"]
  readonly errors: TestError[]
}

/** A step that fails is made again with a fresh memory, after a recovery where there is one. Answers how many records were refused. */
const writeInsisting = Effect.fnUntraced(function* (given: Insisting) {
  const { batches, errors, first, isTransactional, restart } = given
  let sink = first
  let token: string | undefined
  let letters = 0
  const recover = Effect.suspend(() => (isTransactional ? sink.driver.recover(token) : Effect.void))
  const again = <A>(step: Effect.Effect<A, TestError>) =>
    Effect.catch(step, (error) =>
      Effect.gen(function* () {
        errors.push(error)
        sink = yield* restart(sink)
        yield* recover
        return yield* step
      })
    )
  yield* again(recover)
  for (const batch of batches) {
    const written = yield* again(Effect.suspend(() => writeBatch(sink, batch, token)))
    token = written.token
    letters += written.deadLetters
    if (isTransactional) yield* again(Effect.suspend(() => commitBatch(sink, batch, token)))
  }
  return { letters, sink }
})

const untagged = (did: string, { code, message, tag }: TestError): readonly Finding[] =>
  tag !== undefined || code !== "PLUGIN_FAILED"
    ? []
    : [{ did, expected: "the write fails with a tagged error, like HttpError", came: shown(message) }]

/** What was said undisturbed and was never taken now. Headers may differ: a part of a request that is sent again is another request. */
const unsaid = (
  did: string,
  undisturbed: readonly SeenRequest[],
  seen: readonly SeenRequest[]
): Finding | undefined => {
  const taken = new Set(seen.filter(({ isServed }) => isServed).map(contentOf))
  const lost = undisturbed.find(
    (request) => request.operation === "request" && !taken.has(contentOf(request))
  )
  return lost === undefined
    ? undefined
    : {
        did,
        expected: `${shown(contentOf(lost))}, sent again`,
        came: "it was never taken, and no record is named as failed"
      }
}

const contentOf = ({ bytes, payload }: SeenRequest): string => {
  const { method, url } = Object(payload)
  return `${String(method)} ${String(url)} ${bytes === undefined ? "" : new TextDecoder().decode(bytes)}`
}

const interruptedWrite: Check<SinkSubject> = {
  rule: sinkRules.interruptedWrite,
  try: Effect.fnUntraced(function* (subject) {
    const whole = yield* subject.whole
    const seen = yield* requestsOf(subject, whole)
    if (seen.length === 0) return untried("it asks for nothing")
    const findings: (Finding | undefined)[] = []
    for (const [at] of someRequests(seen)) findings.push(yield* writeAfterBreak(subject, whole, at))
    return verdictOf(findings)
  })
}

const writeAfterBreak = Effect.fnUntraced(function* (
  { isTransactional, open, restart }: SinkSubject,
  { batches, final }: WholeRun,
  at: number
) {
  const reached = yield* Deferred.make<void>()
  const fault = silence(at, () => Deferred.doneUnsafe(reached, Effect.void))
  const before = yield* open({ intercept: new Watch(fault).intercept })
  let token: string | undefined
  let done = 0
  const writing = (sink: OpenSink) =>
    Effect.gen(function* () {
      if (isTransactional) yield* sink.driver.recover(token)
      for (const batch of batches.slice(done)) {
        token = (yield* writeBatch(sink, batch, token)).token
        done += 1
        if (isTransactional) yield* commitBatch(sink, batch, token)
      }
    })
  const fiber = yield* Effect.forkChild(writing(before))
  yield* Effect.raceFirst(Deferred.await(reached), Fiber.await(fiber))
  yield* Fiber.interrupt(fiber)
  const sink = yield* restart(before)
  yield* writing(sink)
  return differing(`wrote again after ${fault.what}`, filesJson(final), filesJson(worldOf(sink)))
}, Effect.scoped)

export const brokenWrites: readonly Check<SinkSubject>[] = [failingWrite, interruptedWrite]
