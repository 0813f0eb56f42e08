import type { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Json } from "../../../avro/type.ts"
import { caseOptions } from "../../fixture/case-options.ts"
import { caseStreams } from "../../fixture/case-streams.ts"
import type { FixtureCase } from "../../fixture/fixture-file.ts"
import { entriesOf } from "../../fixture/fixture-rows.ts"
import { jsonOf } from "../../fixture/fixture-value.ts"
import { contentOf } from "../../fixture/plain-text.ts"
import type { Manner, ReadyCase } from "../../fixture/run-case.ts"
import { SinkDriver } from "../../sink-driver.ts"
import type { TestError } from "../../test-error.ts"
import { type NodeOptions, openTestNode, type TestNode } from "../../test-node.ts"
import type { TestStream } from "../../test-stream.ts"
import { withCase } from "../rows.ts"

/** A sink that is open in the sandbox. */
export interface OpenSink {
  readonly node: TestNode
  readonly driver: SinkDriver
  readonly stream: TestStream
  readonly ready: ReadyCase
}

/** Records of one write, by their place. */
export interface Stretch {
  readonly from: number
  readonly to: number
  /** No record follows. */
  readonly end: boolean
}

/** What stands outside. */
export interface World {
  readonly files: { readonly [handle: string]: { readonly [path: string]: Json } }
  readonly requests: readonly Json[]
}

/** A sink in its surroundings, with records for it. */
export interface SinkSubject {
  readonly ready: ReadyCase
  readonly isTransactional: boolean
  readonly open: (
    manner?: Manner,
    given?: FixtureCase
  ) => Effect.Effect<OpenSink, TestError, SandboxPool | Scope.Scope>
  /** The sink as after a kill: its memory is fresh, what it wrote stands. */
  readonly restart: (sink: OpenSink) => Effect.Effect<OpenSink, TestError, SandboxPool | Scope.Scope>
  /** Everything written and committed, undisturbed. Run once. */
  readonly whole: Effect.Effect<WholeRun, TestError, SandboxPool>
}

export interface WholeRun {
  readonly batches: readonly Stretch[]
  /** Before the first batch, and after the commit of each. */
  readonly worlds: readonly World[]
  readonly final: World
  readonly deadLetters: number
}

/** Batches that the records are written in, where the case does not say. */
const usualBatches = 3

export const sinkSubject = Effect.fnUntraced(function* (ready: ReadyCase) {
  const { bundle, case: given, manifest } = ready
  const isTransactional = manifest.sink?.transactional === true
  const openIn = (one: ReadyCase, files?: NodeOptions["files"]) => {
    const [stream = { values: [] }] = Object.values(
      caseStreams(one, entriesOf(one.case, manifest, ready.path))
    )
    const options = { ...caseOptions(one, "whole"), ...(files === undefined ? {} : { files }) }
    return Effect.map(openTestNode(manifest, bundle, { input: stream }, options), (node): OpenSink => ({
      node,
      stream,
      driver: new SinkDriver(node, stream),
      ready: one
    }))
  }
  const open: SinkSubject["open"] = (manner = {}, other = given) =>
    openIn({ ...withCase(ready, other), manner: { isFresh: false, ...manner } })
  const restart: SinkSubject["restart"] = ({ node, ready: one }) => openIn(one, node.host.files)
  const whole = Effect.scoped(
    Effect.flatMap(open(), (sink) =>
      writeWhole(sink, isTransactional, batchesOf(sink.stream.values.length, given.batchSize))
    )
  )
  const subject: SinkSubject = { ready, isTransactional, open, restart, whole: yield* Effect.cached(whole) }
  return subject
})

/** The records in batches of so many, three in all where that is not said. */
export const batchesOf = (
  count: number,
  size = Math.max(1, Math.ceil(count / usualBatches))
): readonly Stretch[] => {
  const starts = Array.from({ length: Math.max(1, Math.ceil(count / size)) }, (_, at) => at * size)
  return starts.map((from) => ({ from, to: Math.min(count, from + size), end: from + size >= count }))
}

const writeWhole = Effect.fnUntraced(function* (
  sink: OpenSink,
  isTransactional: boolean,
  batches: readonly Stretch[]
) {
  if (isTransactional) yield* sink.driver.recover(undefined)
  const worlds = [worldOf(sink)]
  let token: string | undefined
  let deadLetters = 0
  for (const batch of batches) {
    const written = yield* writeBatch(sink, batch, token)
    deadLetters += written.deadLetters
    token = written.token
    if (isTransactional) yield* commitBatch(sink, batch, token)
    worlds.push(worldOf(sink))
  }
  const run: WholeRun = { batches, worlds, final: worldOf(sink), deadLetters }
  return run
})

/** Writes records, and answers the token of that. */
export const writeBatch = (
  { driver }: OpenSink,
  batch: Stretch,
  token: string | undefined
): Effect.Effect<{ readonly token: string | undefined; readonly deadLetters: number }, TestError> =>
  Effect.map(driver.write({ ...batch, tokenJson: token }), ({ deadLetters, sink }) => ({
    token: sink?.tokenJson ?? token,
    deadLetters: deadLetters.length
  }))

export const commitBatch = (
  { driver }: OpenSink,
  batch: Stretch,
  token: string | undefined
): Effect.Effect<void, TestError> => (token === undefined ? Effect.void : driver.commit(token, batch))

/** Writes and, where the sink has transactions, commits batches from a token on. Answers the last token. */
export const finish = Effect.fnUntraced(function* (
  sink: OpenSink,
  isTransactional: boolean,
  batches: readonly Stretch[],
  from: string | undefined
) {
  let token = from
  for (const batch of batches) {
    token = (yield* writeBatch(sink, batch, token)).token
    if (isTransactional) yield* commitBatch(sink, batch, token)
  }
  return token
})

export const worldOf = ({ node: { host } }: OpenSink): World => ({
  files: Object.fromEntries(
    Object.entries(host.files).map(([handle, files]) => [
      handle,
      Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, contentOf(bytes)]))
    ])
  ),
  requests: host.requests.map((request) => jsonOf(request))
})

/** As JSON, to compare: files alone, for requests are made again. */
export const filesJson = ({ files }: World): Json => jsonOf(files)
