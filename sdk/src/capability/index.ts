export type { Capability, HandleOf, Uses } from "./capability.ts"
export { type FileInfo, type FileReader, files, type FileWriter } from "./files.ts"
export { CapabilityError } from "./host-request.ts"
export {
  basicAuth,
  type Http,
  http,
  type HttpAuth,
  type HttpBody,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
  type HttpRetry,
  type HttpSettings,
  type HttpSigning,
  secret
} from "./http.ts"
export { log, type Log, type LogFields } from "./log.ts"
export { lookupTable, type LookupTable } from "./lookup-table.ts"
export { counter, type Counter, histogram, type Histogram } from "./metric.ts"
export { clock, random, type RealClock, type RealRandom } from "./real-clock.ts"
export { mapState, type MapState, type StateOptions, valueState, type ValueState } from "./state.ts"
export { fromConfig, type FromConfig } from "./template.ts"
export { timers, type TimerOptions, type Timers } from "./timers.ts"
export { urlPath, type UrlPath, type UrlPathProblem } from "./url-path.ts"
