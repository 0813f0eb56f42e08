export { anyRecord, type AnyRecord } from "./any-record-boundary.ts"
export { type AnyContract, Contract, type ContractClass, defineContract } from "./contract.ts"
export {
  type ArgumentsOf,
  defineFunction,
  type FunctionArguments,
  type FunctionOptions,
  type FunctionPlugin
} from "./function/define-function.ts"
export { defineProcessor, type Processor } from "./define-processor.ts"
export {
  defineSink,
  type FailedRecord,
  type Sink,
  type SinkCall,
  type SinkContext,
  type SinkOptions,
  type SinkRecord
} from "./define-sink.ts"
export {
  defineSource,
  type Rejected,
  type Source,
  type SourceAnswer,
  type SourceContext,
  type SourceOptions,
  type SourceRecord
} from "./define-source.ts"
export type { DeriveAnswer, DeriveContext, DerivedRow } from "./derive.ts"
export { Duration } from "./duration.ts"
export { Expression, type ExpressionFunction, type ExpressionOptions } from "./expression-config.ts"
export { keyForm, nullableType } from "./field-type.ts"
export { field, type FieldFromConfig, type RowOf } from "./open-field.ts"
export { outputsFrom, type OutputsFromConfig } from "./outputs-from-boundary.ts"
export { recordFields, recordSchema, schemaName, type SchemaField } from "./record-schema.ts"
export { WholeTypes } from "./whole-types.ts"
export type { Context, RecordContext } from "./record-context.ts"
