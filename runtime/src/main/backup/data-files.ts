import { existsSync, readdirSync } from "node:fs"
import { join, relative, sep } from "node:path"

/** How a file of a data folder comes into a backup. */
export type HowCopied = "log" | "database" | "as it is"

export interface DataFile {
  /** In the folder, with `/`. */
  readonly path: string
  readonly how: HowCopied
}

/** With its frame files. */
const log = /^log\/(?:data\.mdb|FRAMES-\d+)$/
/** Of this machine and this run alone, or half written. */
const passing =
  /^(?:server\.json|log\/(?:lock|lock\.holder|lock\.mdb|INSPECTED|FORMAT|FLUSHED|JOURNAL-\d)|registry\/bundles\/incoming\/.*|.*\.(?:new|partial)|.*-(?:wal|shm|journal))$/
/** Who has them can do what the operator can, or read the secrets; a token is made anew by the next start. */
const keys = /^(?:token|registry\/secrets\.key(?:\.next)?)$/

/** What a data folder holds that a backup is to have. The log's mark of its format comes with its snapshot. */
export const dataFiles = (folder: string, withKeys: boolean): readonly DataFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)).split(sep).join("/"))
    .filter((path) => !passing.test(path) && (withKeys ? path !== "token" : !keys.test(path)))
    .toSorted()
    .map((path) => ({ path, how: howOf(path) }))

/** Keys that a backup without keys lacks, for people to keep elsewhere. */
export const keysLeftOut = (folder: string, withKeys: boolean): readonly string[] =>
  !withKeys && existsSync(join(folder, "registry/secrets.key")) ? ["registry/secrets.key"] : []

const howOf = (path: string): HowCopied => {
  if (log.test(path)) return "log"
  return path.endsWith(".db") ? "database" : "as it is"
}
