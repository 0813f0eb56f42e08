import type { NodeSpec, PassSpec, SandboxLimits } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import type { WatermarkOptions } from "../pipeline/index.ts"
import type { Durability, TopicSpec } from "../transport/transport.ts"

/**
 * What the worker runs: a plan with every version, schema, codec text and permission settled. Plain data (JSON but for
 * `Uint8Array` hashes, which the store writes in hex), so that it can be stored, hashed and shown.
 */
export interface PhysicalPlan {
  readonly pipeline: string
  /** SHA-256 of the canonical pipeline, the lock and the schemas; what `apply` is asked to apply. */
  readonly hash: string
  /** Of its tasks' commits; absent: as the log was opened. */
  readonly durability?: Durability
  readonly topics: readonly TopicSpec[]
  /** Texts to store in the transport before the first task starts. */
  readonly schemas: readonly string[]
  /** In an order in which each follows what it reads. */
  readonly chains: readonly ChainPlan[]
}

/** Nodes fused into one task per partition. A chain is a line: a stream that several read, or that is repartitioned or named, is a topic. */
export interface ChainPlan {
  /** Name of its first node: the tasks' identity. */
  readonly head: string
  /** Tasks: partitions of the input topics; for a source, one per source partition, numbered in the order they were first seen. */
  readonly partitions: number | "source"
  /** Of a source that partitions may be added to: how often it is asked for them. */
  readonly partitionsEveryMs?: number
  readonly inputs: readonly ChainInput[]
  readonly tables: readonly TableFeed[]
  /**
   * Consecutive runs of one trust domain; what one leaves goes into the next. Empty: the chain only repartitions. It
   * passes the frames of its one input to its one output (by `ChainOutput.key`), and its head is `NODE.in.INPUT`
   * or `NODE.table.HANDLE` and what it does (`.by.FIELD`, `.of.8`): what needs it, and why.
   */
  readonly segments: readonly SegmentPlan[]
  /** Where the last node's outputs go; empty for a sink. */
  readonly outputs: readonly ChainOutput[]
  /** Topic of dead letters of this pipeline: `PIPELINE.dead-letters`. */
  readonly deadLetterTopic: string
  readonly errorBudget: { readonly window: number; readonly minimum: number; readonly ratio: number }
  /** Of a source chain: its records get watermarks by their timestamps. */
  readonly watermark?: WatermarkOptions
  /** For a sink at the end. */
  readonly sink?: {
    readonly node: string
    readonly transactional: boolean
    readonly maxRecords: number
    readonly maxDelayMs: number
  }
}

export interface ChainInput {
  readonly topic: string
  /** Input name of the head node. */
  readonly input: string
  /**
   * Chains that write the topic, as `PIPELINE/HEAD`. A chain ends its outputs once, on every partition, when all its
   * tasks are complete; a partition has ended when every producer's end was seen on it.
   */
  readonly producers: readonly string[]
  /**
   * Avro schema text of the records that the head node was planned for; those of another one are resolved to it. Absent where the chain
   * only repartitions, and in plans of before.
   */
  readonly schema?: string
}
export interface TableFeed {
  readonly node: string
  readonly handle: string
  readonly topic: string
  /** As in {@link ChainInput}. */
  readonly producers: readonly string[]
  /** As in {@link ChainInput}. */
  readonly schema?: string
  /** True when every source it comes from is bounded: the chain then waits for the table's end of input before its first batch. */
  readonly bounded: boolean
}
export interface SegmentPlan {
  readonly domain: string
  readonly nodes: readonly NodePlan[]
  /** Neighbours among them that are run record by record, where they can; absent where there are none, and in plans of before. */
  readonly passes?: readonly PassSpec[]
  readonly limits: SandboxLimits
}
export interface NodePlan {
  readonly spec: NodeSpec
  readonly package:
    | { readonly name: string; readonly version: string; readonly integrity: string }
    | { readonly path: string }
  /** Of a node with state or timers: what that goes by, and the Avro schema texts of its maps' keys, by state. */
  readonly stateKey?: string
  readonly mapKeys?: { readonly [state: string]: string }
  /** Resolved, and granted: the worker allows these and no others, by handle. */
  readonly permissions: readonly { readonly handle: string; readonly permission: Permission }[]
}
export interface ChainOutput {
  /** Output name of the last node. One output may go to several topics. */
  readonly output: string
  readonly topic: string
  /**
   * Fields of the key: in this topic the records have the key that these make of their value, instead of the one they
   * came with (a tombstone keeps the one it came with). Present where a consumer wants the stream by another key than
   * the stream has. The worker compiles it for each frame's own writer schema: it evaluates no text of a stored plan.
   */
  readonly key?: readonly string[]
}
