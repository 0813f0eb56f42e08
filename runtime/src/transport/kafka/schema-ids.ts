import type * as Effect from "effect/Effect"
import type { TransportError } from "../transport.ts"

/** A topic whose values have ids of schemas. Ids of named streams may be given by somebody else than those of the platform's own topics. */
export interface IdTopic {
  /** Its name in Kafka. */
  readonly kafkaTopic: string
  /** The platform's own; else a named stream, which others read. */
  readonly internal: boolean
}

/** Whose ids named streams have: the platform's own registry's, or those of another beside it. */
export type IdOrigin = "own" | "outside"

/** Of whom a schema's id is asked: what stands before each value of a topic, and by what any client of the cluster reads it. */
export interface SchemaIds {
  readonly origin: IdOrigin
  /**
   * Id of a schema, which is registered for the topic's values where it has none yet. `isControl`: of what tasks tell each other
   * between the records, which is no schema of the topic's values.
   */
  readonly idOf: (
    topic: IdTopic & { readonly isControl: boolean },
    text: string
  ) => Effect.Effect<number, TransportError>
  /** Text of a schema; undefined where nobody has registered the id. */
  readonly textOf: (topic: IdTopic, id: number) => Effect.Effect<string | undefined, TransportError>
}
