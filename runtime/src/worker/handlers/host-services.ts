import type * as Semaphore from "effect/Semaphore"
import type { HttpDriver } from "./http/http-driver.ts"
import type { KafkaService } from "./kafka/serve-kafka.ts"
import type { Refusals } from "./refusals.ts"
import type { SecretSource } from "./secret-source.ts"

/** Http requests of one node that may be under way at one time. */
export const nodeRequests = 16
/** Of all nodes of a worker: with replies of at most 4 MiB each, what they may hold of memory. */
export const workerRequests = 64

/** What guests' requests are served with, where they lead out of the worker. */
export interface HostServices {
  readonly driver: HttpDriver
  /** {@link workerRequests} permits. */
  readonly slots: Semaphore.Semaphore
  readonly secrets: SecretSource
  /** Absent: topics of other clusters are `UNSUPPORTED`. */
  readonly kafka?: KafkaService
  /** A variable of the worker's environment, by its exact name. */
  readonly variable: (name: string) => string | undefined
  readonly refusals: Refusals
}
