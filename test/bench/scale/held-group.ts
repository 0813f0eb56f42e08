import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Of a container's CPU limit in Kubernetes. */
const periodUs = 100_000

/** Processes that may take no more CPU time than a share of one core, all together. */
export interface HeldGroup {
  /** A program and its arguments that starts another within the group. */
  readonly wrapper: readonly string[]
  /** To be called when its processes have ended. */
  readonly remove: () => void
}

const mounted = "/sys/fs/cgroup"

/** A control group of Linux (v2, or v1 with the cpu controller). Undefined where this user may make none. */
export const holdTo = (name: string, cores: number): HeldGroup | undefined => {
  const quota = Math.round(cores * periodUs)
  const isUnified = existsSync(join(mounted, "cgroup.controllers"))
  const folder = join(mounted, isUnified ? "" : "cpu", name)
  try {
    mkdirSync(folder, { recursive: true })
    if (isUnified) writeFileSync(join(folder, "cpu.max"), `${quota} ${periodUs}`)
    else {
      writeFileSync(join(folder, "cpu.cfs_period_us"), String(periodUs))
      writeFileSync(join(folder, "cpu.cfs_quota_us"), String(quota))
    }
    return {
      wrapper: ["sh", "-c", `echo $$ > ${join(folder, "cgroup.procs")} && exec "$@"`, "sh"],
      remove: () => {
        if (readFileSync(join(folder, "cgroup.procs"), "utf8") === "") rmdirSync(folder)
      }
    }
  } catch {
    return undefined
  }
}
