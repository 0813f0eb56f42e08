import type * as Effect from "effect/Effect"
import type { TransportError } from "../transport.ts"

/** Of whom a schema's id is asked: what stands before each value of a topic, and by what any client of the cluster reads it. */
export interface SchemaIds {
  /** Id of a schema, which is registered for the topic's values where it has none yet. `kafkaTopic`: its name in Kafka. */
  readonly idOf: (
    topic: { readonly kafkaTopic: string; readonly internal: boolean },
    text: string
  ) => Effect.Effect<number, TransportError>
  /** Text of a schema; undefined where nobody has registered the id. */
  readonly textOf: (id: number) => Effect.Effect<string | undefined, TransportError>
}
