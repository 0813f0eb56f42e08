import * as Schema from "effect/Schema"
import { backupEndpoint } from "./backup.ts"
import { ApplyRequest, ApplyView, PlanAnswer, PlanRequest } from "./control-plan.ts"
import { DeadLetterView, LogLine, RecordPage, RecordView, TopicView } from "./control-records.ts"
import { PipelineStatus, PlatformStatus } from "./control-status.ts"
import { graphEndpoint } from "./pipeline-graph.ts"
import { discardEndpoint, replayEndpoint } from "./dead-letter-writes.ts"
import { ledgerEndpoints } from "./observe/ledger.ts"
import { costEndpoints } from "./observe/cost.ts"
import { traceEndpoints } from "./observe/trace.ts"
import { resetEndpoint } from "./reset.ts"
import { rolloutEndpoints } from "./rollout.ts"
import { savepointEndpoints } from "./savepoint.ts"
import { stateEndpoints } from "./node-state.ts"
import { streamEndpoints } from "./stream.ts"
import { accepted, defineEndpoint, json, lines, noContent, ok } from "./endpoint.ts"

const Pipeline = Schema.Struct({ pipeline: Schema.String })
const PipelineNode = Schema.Struct({ pipeline: Schema.String, node: Schema.String })
const Topic = Schema.Struct({ topic: Schema.String })
const DeadLetter = Schema.Struct({ pipeline: Schema.String, id: Schema.String })
/** Query values are text; counts are checked to lie between 1 and 10,000. */
const Limit = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 10_000 }))

const status = defineEndpoint({
  id: "platformStatus",
  method: "GET",
  path: "/api/status",
  tag: "control",
  summary: "What runs: pipelines, tasks, sandbox processes",
  access: "read",
  success: ok(json(PlatformStatus)),
  errors: ["LOG_FAILED"]
})

const ready = defineEndpoint({
  id: "getReady",
  method: "GET",
  path: "/api/ready",
  tag: "control",
  summary:
    "Say that this platform does the work: one that stands by refuses it, for whoever sends requests to one of several",
  access: "open",
  success: ok(json(Schema.Struct({ status: Schema.Literal("ready") }))),
  errors: []
})

const pipelineStatus = defineEndpoint({
  id: "pipelineStatus",
  method: "GET",
  path: "/api/status/:pipeline",
  tag: "control",
  summary: "What runs of one pipeline",
  access: "read",
  params: Pipeline,
  success: ok(json(PipelineStatus)),
  errors: ["PIPELINE_UNKNOWN", "LOG_FAILED"]
})

const plan = defineEndpoint({
  id: "plan",
  method: "POST",
  path: "/api/plan",
  tag: "control",
  summary: "Checks a pipeline and shows what applying it would change",
  access: "pipelines",
  body: json(PlanRequest),
  maxBodyBytes: 32 * 1_048_576,
  success: ok(json(PlanAnswer)),
  errors: [
    "SAVEPOINT_UNKNOWN",
    "SAVEPOINT_FAILED",
    "SCHEMA_REGISTRY_REFUSED",
    "SCHEMA_REGISTRY_UNAVAILABLE",
    "LOG_FAILED",
    "SANDBOX_FAILED"
  ]
})

const apply = defineEndpoint({
  id: "apply",
  method: "POST",
  path: "/api/apply",
  tag: "control",
  summary: "Applies exactly the plan with the given hash",
  access: "pipelines",
  body: json(ApplyRequest),
  maxBodyBytes: 32 * 1_048_576,
  success: ok(json(ApplyView)),
  errors: [
    "PLAN_CHANGED",
    "PLAN_FAILED",
    "GRANT_NEEDED",
    "TOPIC_NOT_DRAINED",
    "STATE_MIGRATION_FAILED",
    "UPGRADE_FAILED",
    "UPGRADE_STUCK",
    "REVISION_UNKNOWN",
    "SAVEPOINT_UNKNOWN",
    "SAVEPOINT_FAILED",
    "SCHEMA_REGISTRY_REFUSED",
    "SCHEMA_REGISTRY_UNAVAILABLE",
    "LOG_FAILED",
    "SANDBOX_FAILED"
  ]
})

const pause = defineEndpoint({
  id: "pausePipeline",
  method: "POST",
  path: "/api/status/:pipeline/pause",
  tag: "control",
  summary: "Stops a pipeline's tasks after the batch in hand; nothing is lost",
  access: "pipelines",
  resource: "pipeline",
  params: Pipeline,
  success: ok(json(PipelineStatus)),
  errors: ["PIPELINE_UNKNOWN", "LOG_FAILED"]
})

const resume = defineEndpoint({
  id: "resumePipeline",
  method: "POST",
  path: "/api/status/:pipeline/resume",
  tag: "control",
  summary: "Goes on where a pipeline was paused, stopped by its error budget, or failed",
  access: "pipelines",
  resource: "pipeline",
  params: Pipeline,
  success: ok(json(PipelineStatus)),
  errors: ["PIPELINE_UNKNOWN", "LOG_FAILED"]
})

const remove = defineEndpoint({
  id: "removePipeline",
  method: "DELETE",
  path: "/api/status/:pipeline",
  tag: "control",
  summary: "Stops a pipeline and forgets its offsets, cursors and state; its named streams stay",
  access: "pipelines",
  resource: "pipeline",
  params: Pipeline,
  success: noContent,
  errors: ["PIPELINE_UNKNOWN", "LOG_FAILED"]
})

const logs = defineEndpoint({
  id: "pipelineLogs",
  method: "GET",
  path: "/api/status/:pipeline/logs",
  tag: "control",
  summary: "What its plugins and tasks logged, oldest first; with follow=true as it comes",
  access: "read",
  params: Pipeline,
  query: Schema.Struct({
    node: Schema.optionalKey(Schema.String),
    limit: Schema.optionalKey(Limit),
    follow: Schema.optionalKey(Schema.Literals(["true", "false"]))
  }),
  success: ok(lines(LogLine)),
  errors: ["PIPELINE_UNKNOWN"]
})

const tap = defineEndpoint({
  id: "tapNode",
  method: "GET",
  path: "/api/status/:pipeline/nodes/:node/tap",
  tag: "control",
  summary: "The next records that a node gives, as they come, until the limit is reached",
  access: "read",
  params: PipelineNode,
  query: Schema.Struct({ limit: Schema.optionalKey(Limit) }),
  success: ok(lines(RecordView)),
  errors: ["PIPELINE_UNKNOWN", "NODE_UNKNOWN", "NODE_WITHOUT_TOPIC", "PIPELINE_NOT_RUNNING"]
})

const topics = defineEndpoint({
  id: "topics",
  method: "GET",
  path: "/api/topics",
  tag: "control",
  summary: "The topics of the log",
  access: "read",
  success: ok(json(Schema.Array(TopicView))),
  errors: ["LOG_FAILED"]
})

const records = defineEndpoint({
  id: "topicRecords",
  method: "GET",
  path: "/api/topics/:topic/records",
  tag: "control",
  summary: "Records of a topic, decoded",
  access: "read",
  params: Topic,
  query: Schema.Struct({
    partition: Schema.optionalKey(
      Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65_535 }))
    ),
    /** Offset to begin at, in every partition asked for. */
    from: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^\d{1,18}$/))),
    limit: Schema.optionalKey(Limit)
  }),
  success: ok(json(RecordPage)),
  errors: ["TOPIC_UNKNOWN", "PARTITION_UNKNOWN", "LOG_FAILED"]
})

const deadLetters = defineEndpoint({
  id: "deadLetters",
  method: "GET",
  path: "/api/status/:pipeline/dead-letters",
  tag: "control",
  summary: "Records that a pipeline set aside, with why",
  access: "read",
  params: Pipeline,
  query: Schema.Struct({ node: Schema.optionalKey(Schema.String), limit: Schema.optionalKey(Limit) }),
  success: ok(json(Schema.Array(DeadLetterView))),
  errors: ["PIPELINE_UNKNOWN", "LOG_FAILED"]
})

const deadLetter = defineEndpoint({
  id: "deadLetter",
  method: "GET",
  path: "/api/status/:pipeline/dead-letters/:id",
  tag: "control",
  summary: "One dead letter",
  access: "read",
  params: DeadLetter,
  success: ok(json(DeadLetterView)),
  errors: ["PIPELINE_UNKNOWN", "DEAD_LETTER_UNKNOWN", "LOG_FAILED"]
})

const shutdown = defineEndpoint({
  id: "shutdown",
  method: "POST",
  path: "/api/shutdown",
  tag: "control",
  summary: "Stops the platform after the batches in hand",
  access: "admin",
  success: accepted(json(Schema.Struct({ stopping: Schema.Boolean }))),
  errors: []
})

/** The controller's part of the HTTP API. */
export const controlEndpoints = [
  status,
  ready,
  pipelineStatus,
  graphEndpoint,
  plan,
  apply,
  pause,
  resume,
  remove,
  logs,
  tap,
  topics,
  records,
  deadLetters,
  deadLetter,
  replayEndpoint,
  discardEndpoint,
  resetEndpoint,
  ...ledgerEndpoints,
  ...traceEndpoints,
  ...costEndpoints,
  ...rolloutEndpoints,
  ...savepointEndpoints,
  ...stateEndpoints,
  ...streamEndpoints,
  backupEndpoint,
  shutdown
] as const
