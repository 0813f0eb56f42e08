import * as Schema from "effect/Schema"
import { TaskState } from "./control-status.ts"
import { defineEndpoint, json, noContent, ok } from "./endpoint.ts"

/** What a worker has to know of the platform before it begins. */
export const WorkSetup = Schema.Struct({
  version: Schema.String,
  /** Addresses of brokers; their users and certificates are each worker's own. */
  brokers: Schema.Array(Schema.String),
  prefix: Schema.String,
  replicas: Schema.optionalKey(Schema.Int),
  /** Whose ids named streams have: the platform's own registry's, or an outside one's. */
  schemaIds: Schema.Literals(["own", "outside"]),
  /** Hexadecimal: what plugins' `random()` is drawn from, the same on all workers. */
  seedKey: Schema.String
})
export type WorkSetup = typeof WorkSetup.Type

export const WorkRun = Schema.Struct({
  pipeline: Schema.String,
  run: Schema.String,
  isPaused: Schema.Boolean
})
export type WorkRun = typeof WorkRun.Type

/** Plans, JSON texts as the platform has stored them. */
export const WorkPlan = Schema.Struct({
  planJson: Schema.String,
  canary: Schema.optionalKey(
    Schema.Struct({
      planJson: Schema.String,
      revision: Schema.Int,
      partitions: Schema.Record(Schema.String, Schema.Array(Schema.Int))
    })
  )
})
export type WorkPlan = typeof WorkPlan.Type

const Observed = Schema.Struct({ counts: Schema.Array(Schema.Number), sum: Schema.Number })

/** What is to be told of a task that a worker runs. */
export const TaskReport = Schema.Struct({
  pipeline: Schema.String,
  run: Schema.String,
  node: Schema.String,
  partition: Schema.Int,
  state: TaskState,
  error: Schema.optionalKey(
    Schema.Struct({
      code: Schema.String,
      message: Schema.String,
      node: Schema.optionalKey(Schema.String),
      transient: Schema.Boolean
    })
  ),
  /** JSON as in docs/formats/commit.md. */
  checkpoint: Schema.optionalKey(Schema.String),
  lagRecords: Schema.Number,
  batches: Schema.Number,
  batchSeconds: Observed,
  endToEnd: Observed,
  inputBytes: Schema.Number,
  outputBytes: Schema.Number,
  retries: Schema.Number,
  failedAttempts: Schema.Number,
  committedAt: Schema.optionalKey(Schema.Number),
  nodes: Schema.Record(
    Schema.String,
    Schema.Struct({
      recordsIn: Schema.Number,
      recordsOut: Schema.Number,
      filtered: Schema.Number,
      failed: Schema.Number,
      late: Schema.Number,
      cpuMicros: Schema.Number,
      bytesIn: Schema.Number,
      bytesOut: Schema.Number
    })
  ),
  plugin: Schema.Array(
    Schema.Struct({
      node: Schema.String,
      handle: Schema.String,
      kind: Schema.Literals(["counter", "histogram"]),
      labels: Schema.String,
      sum: Schema.Number,
      buckets: Schema.Array(Schema.Number)
    })
  )
})
export type TaskReport = typeof TaskReport.Type

export const WorkReport = Schema.Struct({
  worker: Schema.String,
  tasks: Schema.Array(TaskReport),
  /** Runs whose records failed more often than their error budget allows; each is told once. */
  degraded: Schema.Array(Schema.Struct({ pipeline: Schema.String, run: Schema.String }))
})
export type WorkReport = typeof WorkReport.Type

const mostReportBytes = 16 * 1024 * 1024

/** What workers ask of the platform, and tell it: by a token of the scope `work`, which opens nothing else. */
export const workEndpoints = [
  defineEndpoint({
    id: "workSetup",
    method: "GET",
    path: "/api/work/setup",
    tag: "Workers",
    summary: "What a worker has to know before it begins",
    access: "work",
    success: ok(json(WorkSetup)),
    errors: ["WORK_NOT_SHARED"]
  }),
  defineEndpoint({
    id: "workRuns",
    method: "GET",
    path: "/api/work/runs",
    tag: "Workers",
    summary: "What runs now",
    access: "work",
    success: ok(json(Schema.Struct({ runs: Schema.Array(WorkRun) }))),
    errors: ["WORK_NOT_SHARED"]
  }),
  defineEndpoint({
    id: "workPlan",
    method: "GET",
    path: "/api/work/runs/:pipeline/:run",
    tag: "Workers",
    summary: "The plan of a run",
    access: "work",
    params: Schema.Struct({ pipeline: Schema.String, run: Schema.String }),
    success: ok(json(WorkPlan)),
    errors: ["WORK_NOT_SHARED", "PIPELINE_UNKNOWN", "STORE_FAILED"]
  }),
  defineEndpoint({
    id: "reportWork",
    method: "POST",
    path: "/api/work/reports",
    tag: "Workers",
    summary: "Tells what a worker's tasks do",
    access: "work",
    body: json(WorkReport),
    maxBodyBytes: mostReportBytes,
    success: noContent,
    errors: ["WORK_NOT_SHARED"]
  }),
  defineEndpoint({
    id: "workSecret",
    method: "GET",
    path: "/api/work/secrets/:name",
    tag: "Workers",
    summary: "The value of a secret that a grant in force names, for a worker's requests",
    access: "work",
    params: Schema.Struct({ name: Schema.String }),
    success: ok(json(Schema.Struct({ value: Schema.String }))),
    errors: ["WORK_NOT_SHARED", "SECRET_UNKNOWN", "SECRET_NOT_GRANTED", "STORE_FAILED"]
  }),
  defineEndpoint({
    id: "workSchemaId",
    method: "POST",
    path: "/api/work/schemas",
    tag: "Workers",
    summary: "The id of a schema of a topic's values",
    access: "work",
    body: json(
      Schema.Struct({
        topic: Schema.String,
        internal: Schema.Boolean,
        isControl: Schema.optionalKey(Schema.Boolean),
        schema: Schema.String
      })
    ),
    success: ok(json(Schema.Struct({ id: Schema.Int }))),
    errors: ["WORK_NOT_SHARED", "STORE_FAILED"]
  }),
  defineEndpoint({
    id: "workSchema",
    method: "GET",
    path: "/api/work/schemas/:id",
    tag: "Workers",
    summary: "The text of a schema",
    access: "work",
    params: Schema.Struct({ id: Schema.NumberFromString }),
    query: Schema.Struct({
      topic: Schema.optionalKey(Schema.String),
      internal: Schema.optionalKey(Schema.Literals(["true", "false"]))
    }),
    success: ok(json(Schema.Struct({ schema: Schema.NullOr(Schema.String) }))),
    errors: ["WORK_NOT_SHARED", "STORE_FAILED"]
  })
] as const
