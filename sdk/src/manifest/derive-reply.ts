import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { DerivedContract } from "../guest/abi.ts"

const Fields = Schema.Array(Schema.String)
const Reply = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({
      ok: Schema.Struct({
        reads: Schema.optionalKey(Schema.Record(Schema.String, Schema.Union([Schema.Literal("*"), Fields]))),
        output: Schema.Unknown,
        copies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
        key: Schema.optionalKey(Fields),
        lineage: Schema.optionalKey(Schema.Record(Schema.String, Fields)),
        outputs: Schema.optionalKey(
          Schema.Record(
            Schema.String,
            Schema.Struct({ output: Schema.Unknown, key: Schema.optionalKey(Fields) })
          )
        ),
        state: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
      })
    }),
    Schema.Struct({ error: Schema.Struct({ path: Schema.String, message: Schema.String }) })
  ])
)

/** What a plugin answered to a `DeriveRequest`: a contract, what stands in the way, or nothing that can be read. */
export type DeriveReply =
  | { readonly ok: DerivedContract }
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
