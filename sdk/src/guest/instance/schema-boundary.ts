import type * as Schema from "effect/Schema"

/** A schema whose decoding and encoding need no services: the definitions' types keep only `Top`. */
export type PlainCodec = Schema.Codec<unknown, unknown>

/**
 * The schema of a config, a position or a token as one that can be run. Its services are `never` for every schema that
 * the options' types admit; a schema that needs one after all fails when it is run, naming the service.
 */
export const decodableSchema = (schema: Schema.Top): PlainCodec => schema as unknown as PlainCodec
