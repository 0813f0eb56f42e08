import * as Schema from "effect/Schema"
import { MissingSecret } from "./missing-secret.ts"

/** Running totals of a node since its pipeline was made; what an audit balances: in = handled + filtered + dead. */
export const NodeTotals = Schema.Struct({
  in: Schema.Number,
  out: Schema.Number,
  /** Records that something was made of, however much. */
  handled: Schema.Number,
  filtered: Schema.Number,
  dead: Schema.Number,
  late: Schema.Number
})

export const NodeStatus = Schema.Struct({
  node: Schema.String,
  kind: Schema.Literals(["source", "processor", "sink"]),
  /** `name@version`, or the path of a plugin by path. */
  package: Schema.String,
  plugin: Schema.String,
  /** SRI of the bundle that runs. */
  digest: Schema.String,
  domain: Schema.String,
  /** Sandbox processes that hold it; empty when nothing runs. */
  pids: Schema.Array(Schema.Int),
  totals: NodeTotals
})

/** What a task is at. */
export const TaskState = Schema.Literals([
  "starting",
  "running",
  "waiting",
  "retrying",
  "paused",
  "completed",
  "failed",
  "stopped"
])

export const TaskStatus = Schema.Struct({
  /** Name of the chain's first node. */
  chain: Schema.String,
  partition: Schema.Int,
  state: TaskState,
  sequence: Schema.Int,
  /** Records that it took since its pipeline was made; of a source's task, that it gave. */
  records: Schema.Number,
  /** Records between the newest offset of its inputs and the committed one. */
  lagRecords: Schema.Number,
  error: Schema.optionalKey(
    Schema.Struct({ code: Schema.String, message: Schema.String, node: Schema.optionalKey(Schema.String) })
  )
})

/** `failed`: a task stopped with an error that time does not mend. `degraded`: paused by its error budget. */
export const PipelineState = Schema.Literals([
  "starting",
  "running",
  "paused",
  "degraded",
  "completed",
  "failed",
  "stopped"
])

/** A revision that is tried on some partitions. */
export const CanaryStatus = Schema.Struct({
  /** The revision that all other partitions run. */
  beside: Schema.Int,
  /** Of each node that may differ: which bundle which partitions of its chain run. */
  nodes: Schema.Array(
    Schema.Struct({
      node: Schema.String,
      chain: Schema.String,
      /** SRI of the new revision's bundle, and its partitions. */
      digest: Schema.String,
      partitions: Schema.Array(Schema.Int),
      besideDigest: Schema.String,
      besidePartitions: Schema.Array(Schema.Int)
    })
  )
})
export type CanaryStatus = typeof CanaryStatus.Type

export const PipelineStatus = Schema.Struct({
  pipeline: Schema.String,
  owner: Schema.String,
  state: PipelineState,
  revision: Schema.Int,
  planHash: Schema.String,
  nodes: Schema.Array(NodeStatus),
  tasks: Schema.Array(TaskStatus),
  canary: Schema.optionalKey(CanaryStatus),
  /** The revision is new and has committed nothing of its own yet: should it fail first, this one is taken again by itself. */
  trial: Schema.optionalKey(Schema.Struct({ before: Schema.Int })),
  missingSecrets: Schema.Array(MissingSecret),
  /** Records that were set aside and are open: neither replayed nor discarded. */
  deadLetters: Schema.Number
})
export type PipelineStatus = typeof PipelineStatus.Type

export const SandboxStatus = Schema.Struct({
  domain: Schema.String,
  pid: Schema.Int,
  startedAt: Schema.Number,
  restarts: Schema.Int,
  residentBytes: Schema.Number,
  cpuMicros: Schema.Number,
  digests: Schema.Array(Schema.String),
  guards: Schema.Array(Schema.String),
  missingGuards: Schema.Array(Schema.String)
})

export const PlatformStatus = Schema.Struct({
  version: Schema.String,
  /** Milliseconds since 1970. */
  startedAt: Schema.Number,
  dataFolder: Schema.String,
  /** When a commit outlives a power cut: once it is acknowledged, or shortly after. */
  durability: Schema.Literals(["fsync", "async"]),
  /** The Kafka cluster that has the topics does not answer: for how long, and what the last attempt came to. */
  outage: Schema.optionalKey(Schema.Struct({ seconds: Schema.Number, message: Schema.String })),
  /** Workers beside the platform, where the log is in Kafka: how many there are, and how many the work needs, once that is known. */
  workers: Schema.optionalKey(Schema.Struct({ now: Schema.Int, advised: Schema.optionalKey(Schema.Int) })),
  pipelines: Schema.Array(PipelineStatus),
  sandboxes: Schema.Array(SandboxStatus)
})
export type PlatformStatus = typeof PlatformStatus.Type
