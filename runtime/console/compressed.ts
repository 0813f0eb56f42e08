import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { brotliCompressSync, constants } from "node:zlib"
import type { Plugin } from "vite"

/** Below it a reply is one packet either way. */
const leastBytes = 1_024

/** Writes `FILE.br` beside each file of a build that is worth it, so that the platform compresses nothing while it serves. */
export const compressed = (): Plugin => ({
  name: "millrace-compressed",
  apply: "build",
  writeBundle: ({ dir = "dist" }, bundle) => {
    for (const name of Object.keys(bundle)) {
      const path = join(dir, name)
      const bytes = readFileSync(path)
      if (bytes.length < leastBytes) continue
      const parameters = {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length
      }
      writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: parameters }))
    }
  }
})
