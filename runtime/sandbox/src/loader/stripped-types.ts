import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"

/**
 * A TypeScript module's text without its types, every character at its place. In a checkout each process that starts a sandbox needs it
 * of a hundred files: it is kept where Node keeps compiled code (`NODE_COMPILE_CACHE`), by what it is made of.
 */
export function strippedTypes(text: string): string {
  const folder = process.env["NODE_COMPILE_CACHE"]
  if (folder === undefined || folder === "") return strip(text)
  const name = createHash("sha256").update(`${process.version}\n`).update(text).digest("hex")
  const file = join(folder, "stripped", name)
  try {
    return readFileSync(file, "utf8")
  } catch {
    const stripped = strip(text)
    keep(join(folder, "stripped"), file, stripped)
    return stripped
  }
}

/** What cannot be kept is made again. */
function keep(folder: string, file: string, stripped: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    const own = `${file}.${process.pid}`
    writeFileSync(own, stripped)
    // Others read it while we write.
    renameSync(own, file)
  } catch {
    // A folder that is read-only, or a full disk.
  }
}

/** Node calls its own type stripping experimental where it is called by name; the whole platform runs on it. */
function strip(text: string): string {
  // oxlint-disable-next-line typescript/unbound-method -- put back where it was
  const emitWarning = process.emitWarning
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}
