import * as Schema from "effect/Schema"
import { decodableSchema } from "./schema-boundary.ts"

/** A position's or a token's way into JSON text and back, by its schema. Both throw an Error that says what does not fit. */
export interface JsonCodec {
  readonly decode: (json: string) => unknown
  readonly encode: (value: unknown) => string
}

export const jsonCodec = (schema: Schema.Top, what: string): JsonCodec => {
  const plain = decodableSchema(schema)
  const decode = Schema.decodeUnknownSync(plain)
  const encode = Schema.encodeUnknownSync(plain)
  return {
    decode: (json) => named(what, () => decode(JSON.parse(json))),
    encode: (value) =>
      named(what, () => {
        const json: unknown = JSON.stringify(encode(value))
        if (typeof json !== "string") throw new Error("it has no JSON form")
        return json
      })
  }
}

const named = <A>(what: string, attempt: () => A): A => {
  try {
    return attempt()
  } catch (error) {
    throw new Error(
      `the ${what} does not fit its schema: ${error instanceof Error ? error.message : String(error)}`
    )
  }
}
