import { writeFileSync } from "node:fs"
import { editorSchema } from "./editor-schema.ts"

/** Run by hand when the pipeline file's form changes: writes `docs/pipeline.schema.json`. */
writeFileSync(new URL("../../../docs/pipeline.schema.json", import.meta.url), editorSchema())
