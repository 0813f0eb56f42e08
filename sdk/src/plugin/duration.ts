import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { durationMs, durationPattern } from "../manifest/duration-text.ts"

/**
 * A length of time in a config, said as in a pipeline file (`500ms`, `4s`, `30m`, `12h`, `7d`); in a body and in `derive` its
 * milliseconds.
 */
export const Duration = (options: { readonly description?: string } = {}) =>
  Schema.String.check(
    Schema.isPattern(durationPattern, { expected: "a duration like 500ms, 4s, 30m, 12h or 7d" })
  )
    .annotate(options)
    .pipe(
      Schema.decodeTo(
        Schema.Int,
        SchemaTransformation.transform({ decode: durationMs, encode: (ms: number) => `${ms}ms` })
      )
    )
