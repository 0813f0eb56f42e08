import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

// A whole inspection reads every key: seconds for a large log. A process that is killed leaves its file whole, for LMDB never
// overwrites what a transaction can see; what damages files is a power cut, a disk, or somebody's hand. So a file that was
// inspected, and that this boot of the system has had ever since, is trusted.

const markName = "INSPECTED"

const Mark = Schema.fromJsonString(
  Schema.Struct({
    boot: Schema.String,
    device: Schema.String,
    inode: Schema.String,
    /** How it was left; null while it is open, or was left by a kill. */
    closed: Schema.NullOr(Schema.Struct({ bytes: Schema.String, changedNs: Schema.String }))
  })
)
type Mark = typeof Mark.Type

/** True when nothing but us can have written the data file since its last whole inspection. */
export const isTrusted = (folder: string, boot: string | undefined = bootOf()): boolean => {
  const now = stateOf(folder)
  const mark = Option.getOrUndefined(Schema.decodeOption(Mark)(textOf(join(folder, markName))))
  if (boot === undefined || now === undefined || mark === undefined || mark.boot !== boot) return false
  if (mark.device !== now.device || mark.inode !== now.inode) return false
  const { closed } = mark
  return closed === null || (closed.bytes === now.bytes && closed.changedNs === now.changedNs)
}

/** Which data file this is, and in which boot of the system; undefined where that is not told. */
export const fileOnThisBoot = (folder: string): string | undefined => {
  const [boot, now] = [bootOf(), stateOf(folder)]
  return boot === undefined || now === undefined ? undefined : `${boot} ${now.device} ${now.inode}`
}

/** The file was inspected or made, and is open from now on. */
export const trustOpened = (folder: string): void => write(folder, undefined)

/** The file was closed as it should be: who changes it now is not us. */
export const trustClosed = (folder: string): void => {
  const now = stateOf(folder)
  if (now !== undefined) write(folder, { bytes: now.bytes, changedNs: now.changedNs })
}

/** Nothing is lost with the mark but time: where it cannot be kept, the next start inspects. */
const write = (folder: string, closed: Mark["closed"] | undefined): void => {
  const path = join(folder, markName)
  const [boot, now] = [bootOf(), stateOf(folder)]
  try {
    if (boot === undefined || now === undefined) return rmSync(path, { force: true })
    const { device, inode } = now
    writeFileSync(path, Schema.encodeSync(Mark)({ boot, device, inode, closed: closed ?? null }))
  } catch {
    rmSync(path, { force: true })
  }
}

const stateOf = (folder: string) => {
  const stat = statSync(join(folder, "data.mdb"), { bigint: true, throwIfNoEntry: false })
  return stat === undefined
    ? undefined
    : {
        device: String(stat.dev),
        inode: String(stat.ino),
        bytes: String(stat.size),
        changedNs: String(stat.mtimeNs)
      }
}

/** Another one after each start of the system (Linux, proc_sys_kernel(5)); undefined where it is not told. */
const bootOf = (): string | undefined => {
  const text = textOf("/proc/sys/kernel/random/boot_id").trim()
  return text === "" ? undefined : text
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}
