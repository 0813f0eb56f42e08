export { ApiError, apiError, ErrorBody, toErrorBody } from "./api-error.ts"
export {
  accepted,
  type Access,
  type Action,
  actions,
  type BodyOf,
  bytes,
  type BytesPayload,
  type BytesReply,
  type Codec,
  created,
  defaultBodyBytes,
  defineEndpoint,
  type Endpoint,
  integrityHeader,
  json,
  type JsonPayload,
  lines,
  type LinesOf,
  type LinesPayload,
  type Method,
  noContent,
  type NoPayload,
  ok,
  type ParamsOf,
  type QueryOf,
  type ReplyOf,
  type ReplyPayload,
  type RequestPayload,
  text,
  type TextPayload
} from "./endpoint.ts"
export { type ErrorCode, type ErrorDefinition, type ErrorFields, errors } from "./errors.ts"
export { BackupProgress, BackupRequest, BackupSummary } from "./backup.ts"
export { auditEndpoints, AuditEntry } from "./audit.ts"
export { Grant, grantEndpoints } from "./grant.ts"
export { Health, healthEndpoints } from "./health.ts"
export { makeOpenApi } from "./openapi.ts"
export { KeyState, StateKey, StateKeys } from "./node-state.ts"
export { ResetRequest, ResetView } from "./reset.ts"
export { RevisionView, RollbackPlan, RollbackQuestion, RollbackRequest } from "./rollout.ts"
export { SavepointName, SavepointView } from "./savepoint.ts"
export { MissingSecret } from "./missing-secret.ts"
export { KeyRotation, secretEndpoints, SecretName, SecretSummary } from "./secret.ts"
export {
  BareName,
  Integrity,
  isReserved,
  PackageName,
  PackageScope,
  similarityForm,
  Version
} from "./package-name.ts"
export {
  archiveContentType,
  maxArchiveBytes,
  PackageDetail,
  packageEndpoints,
  PackageSummary,
  Resolution,
  VersionDetail,
  VersionSummary
} from "./package.ts"
export { PluginDescription, VersionDescription } from "./version-description.ts"
export { AffectedNode, AffectedPipeline, PublishReport } from "./publish-report.ts"
export { limitOf, type PageQuery, pageQuery } from "./page.ts"
export {
  DesiredState,
  pipelineEndpoints,
  PipelineName,
  PipelineSummary,
  RevisionDetail,
  RevisionSummary
} from "./pipeline.ts"
export { searchEndpoints, SearchHit, SearchKind } from "./search.ts"
export { registryEndpoints } from "./registry-endpoints.ts"
export {
  CompatibilityMode,
  CompatibilityReport,
  SchemaDifference,
  subjectEndpoints,
  SubjectName,
  SubjectSummary,
  SubjectVersion
} from "./subject.ts"
export {
  allows,
  allowsReading,
  IssuedToken,
  NewToken,
  tokenEndpoints,
  TokenScope,
  TokenSummary
} from "./token.ts"
export { controlEndpoints } from "./control-endpoints.ts"
export {
  ApplyRequest,
  ApplyView,
  CanaryWish,
  PathModule,
  PermissionView,
  PlanAnswer,
  PlanProblem,
  PlanRequest,
  PlanView
} from "./control-plan.ts"
export {
  StreamConsumer,
  StreamDetail,
  streamEndpoints,
  StreamField,
  StreamProducer,
  StreamSummary
} from "./stream.ts"
export {
  GraphFeed,
  GraphField,
  GraphNode,
  GraphOutputField,
  GraphTopic,
  PipelineGraph
} from "./pipeline-graph.ts"
export { FieldEdits } from "./dead-letter-writes.ts"
export { DeadLetterView, LogLine, RecordPage, RecordView, TopicView } from "./control-records.ts"
export {
  CanaryStatus,
  NodeStatus,
  NodeTotals,
  PipelineState,
  PipelineStatus,
  PlatformStatus,
  SandboxStatus,
  TaskStatus
} from "./control-status.ts"
export { alertEndpoints, AlertState, AlertView, SilenceRequest, SilenceView } from "./observe/alert.ts"
export { dashboardEndpoints, DashboardView, PanelSeries, PanelView } from "./observe/dashboard.ts"
export { CostBy, costEndpoints, CostView } from "./observe/cost.ts"
export { traceEndpoints, TraceOutcome, TraceSpanView, TraceSummary, TraceView } from "./observe/trace.ts"
export { LedgerConsumer, LedgerEdge, ledgerEndpoints, LedgerNode, LedgerView } from "./observe/ledger.ts"
export { LiveNode, LivePipeline, LiveStatus } from "./observe/live.ts"
export {
  TaskReport,
  workEndpoints,
  type WorkPlan,
  type WorkReport,
  type WorkRun,
  type WorkSetup
} from "./work.ts"
