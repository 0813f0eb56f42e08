import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { TestError } from "../../test-error.ts"
import { type Fault, faultsOf, silence, someRequests, Watch } from "../faults.ts"
import { type Finding, untried, verdictOf } from "../rule.ts"
import { type Check, shown } from "../subject.ts"
import { unlikeReads } from "./compare-reads.ts"
import { spoiled } from "./spoiled-world.ts"
import { sourceRules } from "./source-rules.ts"
import { type OpenSource, type Read, readAll, type SourceSubject } from "./source-subject.ts"

/** What it asks for while it is read, in one memory. */
const requestsOf = Effect.fnUntraced(function* ({ open, whole }: SourceSubject) {
  const [first] = yield* whole
  const watch = new Watch()
  const source = yield* open({ intercept: watch.intercept })
  yield* readAll(source, { maxRecords: first?.maxRecords ?? 1 })
  return { seen: watch.seen, maxRecords: first?.maxRecords ?? 1 }
}, Effect.scoped)

const failingRead: Check<SourceSubject> = {
  rule: sourceRules.failingRead,
  try: Effect.fnUntraced(function* (subject) {
    const { maxRecords, seen } = yield* requestsOf(subject)
    if (seen.length === 0) return untried("it asks for nothing")
    const reads = yield* subject.whole
    const findings: (Finding | undefined)[] = []
    for (const [at, { handle }] of someRequests(seen)) {
      for (const fault of faultsOf(subject.ready.manifest, handle, at))
        findings.push(...(yield* readPastFault(subject, reads, fault, maxRecords)))
    }
    return verdictOf(findings)
  })
}

/** Reads with one fault; what fails is read again, as the runtime does. */
const readPastFault = Effect.fnUntraced(function* (
  { open }: SourceSubject,
  expected: readonly Read[],
  fault: Fault,
  maxRecords: number
) {
  const source = yield* open({ intercept: new Watch(fault).intercept })
  const errors: TestError[] = []
  const driver = retrying(source.driver, errors)
  const reads = yield* readAll({ ...source, driver }, { maxRecords })
  const did = `read it where ${fault.what}`
  return [
    ...errors.flatMap((error) => untagged(did, error)),
    ...unlikeReads(`${did}, and repeated what failed`, expected, reads)
  ]
}, Effect.scoped)

/** Each call is made again where it fails, once. */
const retrying = (driver: OpenSource["driver"], errors: TestError[]): OpenSource["driver"] => {
  const again = <A>(call: Effect.Effect<A, TestError>): Effect.Effect<A, TestError> =>
    Effect.catch(call, (error) => {
      errors.push(error)
      return call
    })
  return { partitions: again(driver.partitions), read: (request) => again(driver.read(request)) }
}

const untagged = (did: string, { code, message, tag }: TestError): readonly Finding[] =>
  tag !== undefined || code !== "PLUGIN_FAILED"
    ? []
    : [{ did, expected: "the read fails with a tagged error, like HttpError", came: shown(message) }]

const interruptedRead: Check<SourceSubject> = {
  rule: sourceRules.interruptedRead,
  try: Effect.fnUntraced(function* (subject) {
    const { maxRecords, seen } = yield* requestsOf(subject)
    if (seen.length === 0) return untried("it asks for nothing")
    const reads = yield* subject.whole
    const findings: (Finding | undefined)[] = []
    for (const [at] of someRequests(seen))
      findings.push(...(yield* readAfterBreak(subject, reads, at, maxRecords)))
    return verdictOf(findings)
  })
}

const readAfterBreak = Effect.fnUntraced(function* (
  { open }: SourceSubject,
  expected: readonly Read[],
  at: number,
  maxRecords: number
) {
  const reached = yield* Deferred.make<void>()
  const fault = silence(at, () => Deferred.doneUnsafe(reached, Effect.void))
  const source = yield* open({ intercept: new Watch(fault).intercept })
  const reading = yield* Effect.forkChild(readAll(source, { maxRecords }))
  yield* Effect.raceFirst(Deferred.await(reached), Fiber.await(reading))
  yield* Fiber.interrupt(reading)
  const again = yield* readAll(source, { maxRecords })
  return unlikeReads(`read it again after ${fault.what}`, expected, again)
}, Effect.scoped)

const poisonTold: Check<SourceSubject> = {
  rule: sourceRules.poisonTold,
  try: Effect.fnUntraced(function* ({ open, ready, whole }) {
    const reads = yield* whole
    const worlds = spoiled(ready)
    if (worlds.length === 0) return untried("the case has neither files nor http replies to damage")
    const findings: (Finding | undefined)[] = []
    for (const { given, manner, what } of worlds) {
      const source = yield* open(manner, given)
      const result = yield* Effect.result(readAll(source, { maxRecords: 1_000 }))
      const did = `read it where ${what}`
      if (result._tag === "Failure") findings.push(...untagged(did, result.failure))
      else findings.push(passedOver(did, reads, result.success))
    }
    return verdictOf(findings)
  }, Effect.scoped)
}

/** Fewer records than there were, and nothing said. */
const passedOver = (did: string, reads: readonly Read[], spoilt: readonly Read[]): Finding | undefined => {
  const count = (all: readonly Read[]): number => all.reduce((sum, { records }) => sum + records.length, 0)
  const told = spoilt.some(({ rejected }) => rejected.length > 0)
  const last = new Map(spoilt.map(({ next, partition }) => [partition, next]))
  const isDone = [...last.values()].every((next) => next !== "more")
  if (told || !isDone || count(spoilt) >= count(reads)) return undefined
  return {
    did,
    expected: "a dead letter with the text, or an error",
    came: `${count(spoilt)} records where there were ${count(reads)}, and nothing said`
  }
}

export const brokenReads: readonly Check<SourceSubject>[] = [failingRead, interruptedRead, poisonTold]
