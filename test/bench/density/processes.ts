import { readdirSync, readFileSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"

/** What a process and its sandboxes take, by the kernel's own count. */
export interface Footprint {
  readonly processes: number
  readonly residentBytes: number
  /** As resident, but a page that several processes share counts once. */
  readonly proportionalBytes: number
  /** Of the one process that the others belong to. */
  readonly ownBytes: number
}

/** The process and all that descend from it. */
const familyOf = (pid: number): readonly number[] => {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const fields = statOf(Number(name))
        return fields === undefined ? [] : [[Number(name), Number(fields[1])] as const]
      })
  )
  const family = [pid]
  for (const member of family)
    for (const [child, parent] of parents) if (parent === member) family.push(child)
  return family
}

export const footprintOf = (pid: number): Footprint => {
  const family = familyOf(pid)
  const sum = (field: string) => family.reduce((total, each) => total + rollupOf(each, field), 0)
  return {
    processes: family.length,
    residentBytes: sum("Rss"),
    proportionalBytes: sum("Pss"),
    ownBytes: rollupOf(pid, "Rss")
  }
}

/** CPU time that the family takes in so many seconds, as a share of one core: of all of it, and of `pid` alone. */
export const loadOf = async (
  pid: number,
  seconds: number
): Promise<{ readonly all: number; readonly own: number }> => {
  const before = cpuSecondsOf(pid)
  const begun = performance.now()
  await delay(seconds * 1_000)
  const after = cpuSecondsOf(pid)
  const took = (performance.now() - begun) / 1_000
  return { all: (after.all - before.all) / took, own: (after.own - before.own) / took }
}

/** CPU seconds of the family so far, with those of children that have ended. */
export const cpuSecondsOf = (pid: number): { readonly all: number; readonly own: number } => {
  const ticks = (each: number, from: number, to: number) =>
    (statOf(each) ?? []).slice(from, to).reduce((sum, field) => sum + Number(field), 0)
  const own = ticks(pid, 11, 13) / ticksPerSecond
  const all = familyOf(pid).reduce((sum, each) => sum + ticks(each, 11, 15), 0) / ticksPerSecond
  return { all, own }
}

const ticksPerSecond = 100

/** Fields of `/proc/PID/stat` from the state on; undefined for a process that is gone. */
const statOf = (pid: number): readonly string[] | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The program's name stands in parentheses and may hold blanks.
    return text.slice(text.lastIndexOf(")") + 2).split(" ")
  } catch {
    return undefined
  }
}

const rollupOf = (pid: number, field: string): number => {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
