export type { Capability, HandleOf, Uses } from "./capability.ts"
export { type FileInfo, type FileReader, files, type FileWriter } from "./files.ts"
export { CapabilityError } from "./host-request.ts"
export { type Http, http, type HttpAccess, type HttpEffect } from "./http.ts"
export { HttpError, type HttpErrorCode } from "./http-error.ts"
export {
  type HttpBody,
  type HttpMethod,
  type HttpOptions,
  type HttpRequest,
  json,
  type JsonBody,
  type RetryPolicy
} from "./http-request.ts"
export type { HttpHeaders, HttpResponse } from "./http-response.ts"
export {
  type Arrived,
  type Inbox,
  inboxConfig,
  type InboxEvent,
  listen,
  type TakeBudget,
  type Unresolved
} from "./listen.ts"
export {
  kafka,
  type KafkaCompression,
  type KafkaFetch,
  type KafkaFetched,
  type KafkaPublication,
  type KafkaReader,
  type KafkaStart,
  type KafkaWriter,
  type PackedRecords
} from "./kafka/kafka.ts"
export { KafkaConfig, kafkaConfig } from "./kafka/kafka-config.ts"
export { KafkaError, type KafkaErrorCode } from "./kafka/kafka-error.ts"
export { type KafkaRecord, packKafkaRecords, unpackKafkaRecords } from "./kafka/packed-records.ts"
export { listState, type ListState } from "./list-state.ts"
export { log, type Log, type LogFields } from "./log.ts"
export { lookupTable, type LookupTable } from "./lookup-table.ts"
export { counter, type Counter, histogram, type Histogram } from "./metric.ts"
export { clock, random, type RealClock, type RealRandom } from "./real-clock.ts"
export {
  awsSigV4,
  env,
  type EnvironmentVariable,
  hmac,
  type HmacOptions,
  type RevealedSecret,
  revealSecret,
  type Secret,
  secret,
  type SecretOptions,
  type Signing
} from "./secret.ts"
export { mapState, type MapState, type StateOptions, valueState, type ValueState } from "./state.ts"
export { fromConfig, type FromConfig } from "./template.ts"
export { timers, type TimerOptions, type Timers } from "./timers.ts"
export { urlPath, type UrlPath, type UrlPathProblem } from "./url-path.ts"
export { type Window, windowState, type WindowState } from "./window-state.ts"
