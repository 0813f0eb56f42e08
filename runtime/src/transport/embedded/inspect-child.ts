import { statSync } from "node:fs"
import { join } from "node:path"
import { openValue } from "./value.ts"
import { openStore, tableNames } from "./store.ts"

// Runs as a child of who wants to open the folder: a truncated file ends this process by SIGBUS, not its parent.
// Walks every key, so that every branch and leaf page is touched, and reads every small value with its CRC. The other
// values' pages are touched only when the file is shorter than all its pages: it may be so rightly, for pages that were
// given out and not used in the end are not written.
const [folder = ""] = process.argv.slice(2)
const smallTables: ReadonlySet<string> = new Set(["meta", "checkpoints", "folded", "schemas", "placed"])

function inspect(): string | undefined {
  const store = openStore(folder, { readOnly: true })
  const isShort = statSync(join(folder, "data.mdb")).size < store.wholeBytes()
  for (const name of tableNames) {
    let last: Buffer | undefined
    for (const key of store.rows(name).keys({})) {
      if (last !== undefined && Buffer.compare(last, key) >= 0) return `the keys of ${name} are out of order`
      last = Buffer.from(key)
    }
    if (!smallTables.has(name) && !isShort) continue
    for (const { value } of store.rows(name).entries({}))
      if (openValue(value) === undefined) return `a value in ${name} fails its CRC`
  }
  return undefined
}

let fault: string | undefined
try {
  fault = inspect()
} catch (error) {
  fault = error instanceof Error ? error.message : String(error)
}
process.stdout.write(JSON.stringify({ fault: fault ?? null }))
process.exit(0)
