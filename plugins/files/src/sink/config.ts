import { Schema } from "@millrace/sdk"
import { codecs } from "../avro/container.ts"

export const defaultRollBytes = 128 * 1024 * 1024

export const SinkConfig = Schema.Struct({
  path: Schema.String.annotate({ description: "The folder that the files are written into" }),
  format: Schema.optionalKey(
    Schema.Literals(["ndjson", "avro"]).annotate({
      description: "ndjson (default): a JSON object a line; avro: object container files"
    })
  ),
  codec: Schema.optionalKey(
    Schema.Literals(codecs).annotate({ description: "avro: how blocks are compressed; default: null (not)" })
  ),
  rollBytes: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })).annotate({
      description: "A file of this size is finished, and the next begun; default: 128 MiB"
    })
  ),
  existing: Schema.optionalKey(
    Schema.Literals(["fail", "replace"]).annotate({
      description:
        "Part files that another run left in the folder: an error (default), or removed at the start"
    })
  )
})
export type SinkConfig = typeof SinkConfig.Type
