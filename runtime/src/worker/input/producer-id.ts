import * as Effect from "effect/Effect"
import type { TransportShape } from "../../transport/transport.ts"
import { fromTransport } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

/** Id of a producing chain named `PIPELINE/HEAD`. */
export function producerIdOf(
  transport: TransportShape,
  producer: string
): Effect.Effect<number, TaskFailure> {
  const slash = producer.indexOf("/")
  return Effect.mapError(transport.nodeId(producer.slice(0, slash), producer.slice(slash + 1)), fromTransport)
}
