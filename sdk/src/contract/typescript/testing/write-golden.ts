import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { goldenModule } from "./golden.ts"

// Writes golden/*.ts anew. Run: node sdk/src/contract/typescript/testing/write-golden.ts; then read the difference.
const folder = join(import.meta.dirname, "golden")
for (const name of readdirSync(folder).filter((file) => file.endsWith(".json")))
  writeFileSync(
    join(folder, name.replace(/\.json$/, ".ts")),
    goldenModule(readFileSync(join(folder, name), "utf8")).text
  )
