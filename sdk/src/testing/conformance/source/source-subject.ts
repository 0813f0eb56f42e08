import type { SandboxPool, SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Json, RecordType } from "../../../avro/type.ts"
import { isBoundedSource } from "../../../manifest/manifest.ts"
import type { FixtureCase } from "../../fixture/fixture-file.ts"
import { caseOptions } from "../../fixture/case-options.ts"
import { fixtureValue } from "../../fixture/fixture-value.ts"
import { textOf } from "../../fixture/plain-text.ts"
import type { Manner, ReadyCase } from "../../fixture/run-case.ts"
import { withCase } from "../rows.ts"
import { SourceDriver } from "../../source-driver.ts"
import type { TestError } from "../../test-error.ts"
import { openTestNode, type TestNode } from "../../test-node.ts"
import { recordsIn } from "../../test-stream.ts"

/** One read, and what it gave. */
export interface Read {
  readonly partition: string
  readonly from: string | undefined
  readonly maxRecords: number
  /** The call's clock, ms since 1970. */
  readonly now: number
  readonly position: string
  readonly next: "more" | "idle" | "end"
  readonly waitMs: number
  /** Values, keys and headers; without times. */
  readonly records: readonly Json[]
  readonly timestamps: readonly number[]
  /** Bytes of the largest value, and of all. */
  readonly largest: number
  readonly bytes: number
  /** Texts that it set aside. */
  readonly rejected: readonly { readonly raw: string; readonly message: string }[]
}

/** A source that is open in the sandbox. */
export interface OpenSource {
  readonly node: TestNode
  readonly driver: Pick<SourceDriver, "partitions" | "read">
}

/** A source in its surroundings. */
export interface SourceSubject {
  readonly ready: ReadyCase
  readonly isBounded: boolean
  readonly open: (
    manner: Manner,
    given?: FixtureCase
  ) => Effect.Effect<OpenSource, TestError, SandboxPool | Scope.Scope>
  /** Every partition, some records at a time, in one memory: what other reads are held against. Read once. */
  readonly whole: Effect.Effect<readonly Read[], TestError, SandboxPool>
}

/** Records of one read, where a case does not say. */
const usualSize = 5
/** Reads of one partition at most. */
const maxReads = 40
/** Partitions that are read. */
export const maxPartitions = 4
/** An endless source is waited for so often. */
const maxWaits = 4

export const sourceSubject = Effect.fnUntraced(function* (ready: ReadyCase) {
  const { bundle, case: given, manifest } = ready
  const open: SourceSubject["open"] = (manner, other = given) => {
    const one = { ...withCase(ready, other), manner: { isFresh: false, ...manner } }
    return Effect.map(openTestNode(manifest, bundle, {}, caseOptions(one, "whole")), (node) => ({
      node,
      driver: new SourceDriver(node)
    }))
  }
  const whole = Effect.scoped(
    Effect.flatMap(open({}), (source) => readAll(source, { maxRecords: given.batchSize ?? usualSize }))
  )
  const subject: SourceSubject = {
    ready,
    open,
    isBounded: isBoundedSource(manifest, given.config ?? {}),
    whole: yield* Effect.cached(whole)
  }
  return subject
})

export interface ReadLimits {
  readonly maxRecords: number
  readonly maxBytes?: number
  /** Reads of one partition at most. */
  readonly maxReads?: number
}

/** Reads the first partitions, each until it ends, has been waited for, or its limit of reads. */
export const readAll = Effect.fnUntraced(function* (source: OpenSource, limits: ReadLimits) {
  const names = yield* source.driver.partitions
  const reads = yield* Effect.forEach(names.slice(0, maxPartitions), (partition) =>
    readPartition(source, partition, undefined, limits)
  )
  return reads.flat()
})

/** The clock goes on by what an idle source asks for, and stands there again after the partition. */
export const readPartition = Effect.fnUntraced(function* (
  source: OpenSource,
  partition: string,
  from: string | undefined,
  limits: ReadLimits
) {
  const { host } = source.node
  const begun = host.now
  const reads: Read[] = []
  let position = from
  let waits = 0
  while (reads.length < (limits.maxReads ?? maxReads)) {
    const read = yield* readOnce(source, { partition, from: position, ...limits })
    reads.push(read)
    position = read.position
    if (read.next === "end") break
    if (read.next === "more") continue
    if (++waits > maxWaits) break
    host.now += Math.max(1, read.waitMs)
  }
  host.now = begun
  return reads
})

export const readOnce = Effect.fnUntraced(function* (
  { driver, node }: OpenSource,
  { from, maxBytes, maxRecords, partition }: ReadLimits & Pick<Read, "partition" | "from">
) {
  const result = yield* driver.read({
    partition,
    positionJson: from,
    maxRecords,
    ...(maxBytes === undefined ? {} : { maxBytes })
  })
  return readOf(result, node, { partition, from, maxRecords, now: node.host.now })
})

const readOf = (
  result: SegmentResult,
  { resolved }: TestNode,
  asked: Pick<Read, "partition" | "from" | "maxRecords" | "now">
): Read => {
  const type = resolved.outputs["output"]?.schema
  const records = type === undefined ? [] : result.outputs.flatMap(({ frame }) => recordsIn(frame, type))
  const sizes = records.map(({ value }) => JSON.stringify(plain(type, value)).length)
  return {
    ...asked,
    position: result.source?.positionJson ?? asked.from ?? "null",
    next: result.source?.next ?? "more",
    waitMs: result.source?.waitMs ?? 0,
    records: records.map(({ headers, key, value }) => ({
      value: plain(type, value),
      key: key === null ? null : textOf(key),
      headers: headers.map(([name, bytes]) => [name, textOf(bytes)])
    })),
    timestamps: records.map(({ timestamp }) => timestamp),
    largest: Math.max(0, ...sizes),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    rejected: result.deadLetters.map(({ message, raw = "" }) => ({ raw, message }))
  }
}

const plain = (type: RecordType | undefined, value: unknown): Json =>
  value === null || type === undefined ? null : fixtureValue(type, value)

/** What reads gave in all, partition by partition. */
export const givenBy = (reads: readonly Read[]): { readonly [partition: string]: Given } => {
  const partitions = [...new Set(reads.map(({ partition }) => partition))]
  return Object.fromEntries(
    partitions.map((partition) => {
      const own = reads.filter((read) => read.partition === partition)
      return [
        partition,
        {
          records: own.flatMap(({ records }) => records),
          rejected: own.flatMap(({ rejected }) => rejected.map(({ raw }) => raw)),
          isEnded: own.at(-1)?.next === "end"
        }
      ]
    })
  )
}

export interface Given {
  readonly records: readonly Json[]
  readonly rejected: readonly string[]
  readonly isEnded: boolean
}
