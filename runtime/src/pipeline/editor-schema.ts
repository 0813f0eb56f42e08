import * as Schema from "effect/Schema"
import { PipelineFile } from "./file-schema.ts"

/**
 * JSON Schema (draft 2020-12) of the pipeline file, for editors: what `docs/pipeline.schema.json` holds. It also takes
 * `${NAME}` where a number is meant.
 */
export const editorSchema = (): string => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(PipelineFile, { onExcessProperty: "error" })
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
