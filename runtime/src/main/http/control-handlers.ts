import { apiError, type controlEndpoints, type PlatformStatus } from "@millrace/sdk/api"
import type { Handlers } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { listStreams, showStream } from "../../controller/catalogue/catalogue.ts"
import { Controller } from "../../controller/controller.ts"
import {
  discardDeadLetters,
  listDeadLetters,
  replayDeadLetters,
  showDeadLetter
} from "../../controller/dead-letters.ts"
import { pipelineGraph } from "../../controller/graph-view.ts"
import { LogBuffer } from "../../controller/log-buffer.ts"
import type { RecordViewer } from "../../controller/record-view.ts"
import { Savepoints } from "../../controller/savepoint/savepoints.ts"
import { listStateKeys, showKeyState } from "../../controller/state/show-state.ts"
import { pipelineStatus, platformStatus, runOf } from "../../controller/status.ts"
import { tapNode } from "../../controller/tap.ts"
import { listTopics, readRecords } from "../../controller/topics.ts"
import { Auditor } from "../../observe/ledger/auditor.ts"
import { backupLines } from "../backup/backup-lines.ts"
import { Collector } from "../../observe/collector.ts"
import { costOf } from "../../observe/cost/cost.ts"
import { listTraces, traceView } from "../../observe/trace/trace-view.ts"
import type { TraceLog } from "../../worker/trace/trace-log.ts"
import type { ControlServices } from "./app.ts"

interface Platform {
  readonly facts: Effect.Effect<Omit<PlatformStatus, "pipelines" | "sandboxes">>
  readonly version: string
  /** The data folder. */
  readonly folder: string
  /** Where the registry is, if not in the data folder. */
  readonly database: string | undefined
  readonly viewer: RecordViewer
  readonly stop: Effect.Effect<unknown>
  readonly traces: TraceLog
}

const defaultLimit = 100
const defaultRevisions = 20

/** The controller's side of the API: each handler hands its request to what knows. */
export const controlHandlers = ({
  database,
  facts,
  folder,
  stop,
  traces,
  version,
  viewer
}: Platform): Handlers<typeof controlEndpoints, ControlServices> => ({
  getReady: () => Effect.succeed({ status: "ready" as const }),
  platformStatus: () => Effect.flatMap(facts, platformStatus),
  pipelineStatus: ({ params }) => pipelineStatus(params.pipeline),
  cost: ({ query }) =>
    Effect.flatMap(Collector, ({ families }) =>
      Effect.map(families, (found) => costOf(found, query.by ?? "plugin"))
    ),
  listTraces: ({ query }) =>
    Effect.sync(() => listTraces(traces, { ...query, limit: query.limit ?? defaultLimit })),
  showTrace: ({ params }) =>
    Effect.suspend(() => {
      const found = traceView(traces, params.traceId)
      return found === undefined
        ? Effect.fail(apiError("TRACE_UNKNOWN", { trace: params.traceId }))
        : Effect.succeed(found)
    }),
  pipelineLedger: ({ params }) => Auditor.use((auditor) => auditor.ledger(params.pipeline)),
  pipelineGraph: ({ params }) => pipelineGraph(params.pipeline),
  plan: ({ body }) => Controller.use((controller) => controller.plan(body)),
  apply: ({ body, caller }) => Controller.use((controller) => controller.apply(body, caller.name)),
  pausePipeline: ({ caller, params }) =>
    Effect.andThen(
      Controller.use((controller) => controller.pause(params.pipeline, caller.name)),
      pipelineStatus(params.pipeline)
    ),
  resumePipeline: ({ caller, params }) =>
    Effect.andThen(
      Controller.use((controller) => controller.resume(params.pipeline, caller.name)),
      pipelineStatus(params.pipeline)
    ),
  removePipeline: ({ caller, params }) =>
    Controller.use((controller) => controller.remove(params.pipeline, caller.name)),
  pipelineLogs: Effect.fnUntraced(function* ({ params, query }) {
    yield* runOf(params.pipeline)
    const logs = yield* LogBuffer
    const filter = { pipeline: params.pipeline, node: query.node, limit: query.limit ?? defaultLimit }
    const past = Stream.fromIterable(logs.recent(filter))
    return query.follow === "true" ? Stream.concat(past, logs.following(filter)) : past
  }),
  tapNode: ({ params, query }) => tapNode({ ...params, limit: query.limit ?? 10 }, viewer),
  topics: () => listTopics,
  topicRecords: ({ params, query }) =>
    readRecords(
      {
        topic: params.topic,
        partition: query.partition,
        from: BigInt(query.from ?? "0"),
        limit: query.limit ?? defaultLimit
      },
      viewer
    ),
  deadLetters: ({ params, query }) =>
    listDeadLetters(
      { pipeline: params.pipeline, node: query.node, limit: query.limit ?? defaultLimit },
      viewer
    ),
  deadLetter: ({ params }) => showDeadLetter(params.pipeline, params.id, viewer),
  replayDeadLetters: ({ body, params }) =>
    Effect.map(replayDeadLetters(params.pipeline, body), (replayed) => ({ replayed })),
  discardDeadLetters: ({ body, params }) =>
    Effect.map(discardDeadLetters(params.pipeline, body.ids), (discarded) => ({ discarded })),
  resetPipeline: ({ body, params }) =>
    Controller.use((controller) => controller.reset(params.pipeline, body)),
  pipelineHistory: ({ params, query }) =>
    Controller.use((controller) => controller.history(params.pipeline, query.limit ?? defaultRevisions)),
  planRollback: ({ body, params }) =>
    Controller.use((controller) => controller.planRollback(params.pipeline, body)),
  rollbackPipeline: ({ body, caller, params }) =>
    Controller.use((controller) => controller.rollBack(params.pipeline, body, caller.name)),
  promotePipeline: ({ caller, params }) =>
    Controller.use((controller) => controller.promote(params.pipeline, caller.name)),
  takeSavepoint: ({ body, params }) =>
    Controller.use((controller) => controller.savepoint(params.pipeline, body.savepoint)),
  listSavepoints: ({ query }) => Savepoints.use((savepoints) => savepoints.list(query.pipeline)),
  deleteSavepoint: ({ params }) =>
    Savepoints.use((savepoints) => savepoints.remove(params.pipeline, params.savepoint)),
  stateKeys: ({ params, query }) =>
    listStateKeys({ ...params, after: query.after, limit: query.limit ?? defaultLimit }),
  keyState: ({ params, query }) =>
    showKeyState({ ...params, key: query.key, limit: query.limit ?? defaultLimit }),
  listStreams: ({ query }) => listStreams(query),
  getStream: ({ params }) => showStream(params.stream),
  takeBackup: ({ body }) =>
    database === undefined
      ? backupLines(body, { folder, version })
      : Effect.fail(apiError("BACKUP_REGISTRY_ELSEWHERE", { database })),
  shutdown: () => Effect.as(stop, { stopping: true })
})
