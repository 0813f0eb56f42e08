import { readdirSync, readFileSync } from "node:fs"

/** Clock ticks of /proc in a second (sysconf(_SC_CLK_TCK)): 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

interface ProcessStat {
  readonly parent: number
  /** Its own, and that of children that have ended. */
  readonly ticks: number
}

/** Seconds of CPU, user and system, of a process and all that came of it, ended ones included. */
export const cpuSecondsOf = (root: number): number => {
  const stats = new Map<number, ProcessStat>()
  for (const name of readdirSync("/proc")) {
    const pid = Number(name)
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined
    if (stat !== undefined) stats.set(pid, stat)
  }
  const isOurs = (pid: number): boolean => {
    for (let at = pid; at > 1; at = stats.get(at)?.parent ?? 0) if (at === root) return true
    return false
  }
  let ticks = 0
  for (const [pid, stat] of stats) if (isOurs(pid)) ticks += stat.ticks
  return ticks / ticksPerSecond
}

/** Undefined for a process that has ended meanwhile. */
const statOf = (pid: number): ProcessStat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The program's name may hold anything but ends with the last parenthesis.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number)
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0)
    return { parent: fields[1] ?? 0, ticks }
  } catch {
    return undefined
  }
}
