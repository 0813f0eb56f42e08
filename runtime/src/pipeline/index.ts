export { durationMs, isDuration } from "./duration.ts"
export { editorSchema } from "./editor-schema.ts"
export { nodeReferredTo, ownStream, orderNodes, referencesOf } from "./graph.ts"
export type { PlacedReference } from "./graph.ts"
export { canonicalJson, canonicalText, Pipeline, WatermarkOptions } from "./pipeline.ts"
export type {
  OutputOptions,
  PackageReference,
  PathReference,
  PipelineNode,
  StreamReference
} from "./pipeline.ts"
export { formatPath, formatProblem } from "./problem.ts"
export type { Finding, Path, Problem, ProblemCode } from "./problem.ts"
export { inTextOrder, readPipeline } from "./read-pipeline.ts"
export type { PipelineText, ReadResult } from "./read-pipeline.ts"
export { withoutText } from "./source-map.ts"
export type { SourceMap } from "./source-map.ts"
export { nearest, suggest } from "./suggestion.ts"
