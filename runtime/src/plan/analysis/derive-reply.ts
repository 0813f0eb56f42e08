import type { NodeRequest } from "@millrace/sdk/manifest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Fields = Schema.Array(Schema.String)
const Reply = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({
      ok: Schema.Struct({
        reads: Schema.optionalKey(Schema.Record(Schema.String, Schema.Union([Schema.Literal("*"), Fields]))),
        output: Schema.Unknown,
        copies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
        key: Schema.optionalKey(Fields),
        lineage: Schema.optionalKey(Schema.Record(Schema.String, Fields))
      })
    }),
    Schema.Struct({ error: Schema.Struct({ path: Schema.String, message: Schema.String }) })
  ])
)

export type DeriveReply =
  | { readonly ok: NonNullable<NodeRequest["derived"]> }
  | { readonly error: { readonly path: string; readonly message: string } }
  | { readonly invalid: string }

const maxLength = 4 * 1024 * 1024

/** The guest's answer is hostile until it was read here. */
export const decodeDeriveReply = (text: string): DeriveReply => {
  if (text.length > maxLength) return { invalid: `The plugin's answer has more than ${maxLength} characters` }
  const decoded = Schema.decodeUnknownResult(Reply)(text)
  if (Result.isFailure(decoded))
    return { invalid: `The plugin's answer does not fit: ${decoded.failure.message}` }
  return decoded.success
}
