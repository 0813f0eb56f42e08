import { spawn, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import * as Effect from "effect/Effect"

/** Guards that can be switched off by name, to show that each holds something. Never outside tests. */
export const guardNames = [
  "prelude",
  "timeout",
  "deadline",
  "memory",
  "netns",
  "permission",
  "prlimit",
  "environment",
  "frame-cap",
  "output-budget",
  "log-budget",
  "sanitize",
  "capabilities",
  "parent-death"
] as const
export type GuardName = (typeof guardNames)[number]

/** How a sandbox process is started under what this platform has. */
export interface PlatformGuards {
  /** Programs with their arguments to put in front of the process's own, outermost first. */
  readonly wrappers: readonly (readonly string[])[]
  readonly present: readonly string[]
  readonly missing: readonly string[]
}

const mebibyte = 1024 * 1024
const systemFolders = ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"]

function findProgram(name: string): string | undefined {
  return systemFolders.map((folder) => folder + name).find((path) => existsSync(path))
}

function works(command: readonly string[]): boolean {
  const [program = "", ...given] = command
  return spawnSync(program, given, { stdio: "ignore", timeout: 5000, env: {} }).status === 0
}

/** Tries what is there, once for a pool. `dataMiB`: limit of a process's data segment; `fileBytes`: of a file that it writes. */
export function probeGuards(
  disabled: readonly GuardName[],
  dataMiB: number,
  fileBytes: number
): PlatformGuards {
  const candidates: readonly {
    readonly name: GuardName
    readonly commands: readonly (readonly string[])[]
  }[] = [
    { name: "netns", commands: wrap("unshare", [["-n"], ["-r", "-n"]]) },
    // A process that hangs beyond reach must not outlive a worker that was killed.
    { name: "parent-death", commands: wrap("setpriv", [["--pdeathsig=KILL"]]) },
    {
      name: "capabilities",
      commands: wrap("setpriv", [
        ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"],
        ["--no-new-privs"]
      ])
    },
    {
      name: "prlimit",
      commands: wrap("prlimit", [
        [`--data=${dataMiB * mebibyte}:`, "--core=0", `--fsize=${fileBytes}`, "--nofile=64"]
      ])
    }
  ]
  const wrappers: (readonly string[])[] = []
  const present: string[] = ["process"]
  const missing: string[] = []
  for (const { name, commands } of candidates) {
    const found = disabled.includes(name)
      ? undefined
      : commands.find((command) => works([...wrappers.flat(), ...command, process.execPath, "--version"]))
    if (found === undefined) missing.push(name)
    else {
      wrappers.push(found)
      present.push(name)
    }
  }
  for (const name of ["permission", "environment", "deadline", "prelude"] as const) {
    if (disabled.includes(name)) missing.push(name)
    else present.push(name)
  }
  const canPoll = existsSync("/proc/self/statm") && !disabled.includes("memory")
  if (canPoll) present.push("memory")
  else missing.push("memory")
  return { wrappers, present, missing }
}

function wrap(name: string, choices: readonly (readonly string[])[]): (readonly string[])[] {
  const program = findProgram(name)
  return program === undefined ? [] : choices.map((given) => [program, ...given])
}

/** Address space that V8 reserves for an isolate's code, and the kernel counts as data. */
const isolateMiB = 520

/**
 * Lets a process hold so many isolates: each further one raises the soft limit by what V8 reserves for it, so that
 * what a guest may allocate stays the same.
 */
export function allowIsolates(pid: number, isolates: number, dataMiB: number): Effect.Effect<void> {
  const program = findProgram("prlimit")
  if (program === undefined) return Effect.void
  const bytes = (dataMiB + (isolates - 1) * isolateMiB) * mebibyte
  return Effect.callback<void>((resume) => {
    const child = spawn(program, ["--pid", `${pid}`, `--data=${bytes}:`], { stdio: "ignore", env: {} })
    child.on("error", () => resume(Effect.void))
    child.on("close", () => resume(Effect.void))
  })
}
