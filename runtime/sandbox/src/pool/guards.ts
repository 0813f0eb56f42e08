import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { childFolders } from "./child-program.ts"

/** Guards that can be switched off by name, to show that each holds something. Never outside tests. */
export const guardNames = [
  "prelude",
  "timeout",
  "deadline",
  "memory",
  "netns",
  "user",
  "permission",
  "prlimit",
  "environment",
  "frame-cap",
  "output-budget",
  "log-budget",
  "sanitize",
  "capabilities",
  "inspector",
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

/** A guard that programs put in front of a process give, and the ways to it, the strictest first. */
interface Candidate {
  readonly name: GuardName
  readonly commands: readonly (readonly string[])[]
}

/** Tries what is there, once for a pool. `dataMiB`: limit of a process's data segment; `fileBytes`: of a file that it writes. */
export const probeGuards = (
  disabled: readonly GuardName[],
  dataMiB: number,
  fileBytes: number
): Effect.Effect<PlatformGuards> =>
  Effect.map(foundOf(candidatesOf(disabled, dataMiB, fileBytes)), (found) => {
    const wrappers: (readonly string[])[] = []
    const present: string[] = ["process"]
    const missing: string[] = []
    for (const { name, command } of found) {
      if (command === undefined) missing.push(name)
      else {
        wrappers.push(command)
        present.push(name)
      }
    }
    for (const name of ["permission", "environment", "deadline", "prelude", "inspector"] as const) {
      if (disabled.includes(name)) missing.push(name)
      else present.push(name)
    }
    const canPoll = existsSync("/proc/self/statm") && !disabled.includes("memory")
    if (canPoll) present.push("memory")
    else missing.push("memory")
    return { wrappers, present, missing }
  })

function candidatesOf(
  disabled: readonly GuardName[],
  dataMiB: number,
  fileBytes: number
): readonly Candidate[] {
  const candidates: readonly Candidate[] = [
    { name: "netns", commands: wrap("unshare", [["-n"], ["-r", "-n"]]) },
    { name: "user", commands: ownUser() },
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
  return candidates.map(({ name, commands }) => ({
    name,
    commands: disabled.includes(name) ? [] : commands
  }))
}

interface Found {
  readonly name: GuardName
  /** Undefined: there is none that works. */
  readonly command: readonly string[] | undefined
}

/** Where the strictest of each work together, as root, one process tells; else each is tried on top of those before it. */
const foundOf = Effect.fnUntraced(function* (
  candidates: readonly Candidate[]
): Effect.fn.Return<readonly Found[]> {
  const strictest = candidates.map(({ name, commands }) => ({ name, command: commands[0] }))
  const together = strictest.flatMap(({ command }) => (command === undefined ? [] : [command]))
  if (yield* works(together, true)) return strictest
  const wrappers: (readonly string[])[] = []
  const found: Found[] = []
  for (const { name, commands } of candidates) {
    let command: readonly string[] | undefined
    for (const each of commands) {
      if (!(yield* works([...wrappers, each], name === "user"))) continue
      command = each
      wrappers.push(each)
      break
    }
    found.push({ name, command })
  }
  return found
})

/** Whether Node starts behind them. `canRead`: and reads the folders that it needs, which another user may not be let into. */
function works(wrappers: readonly (readonly string[])[], canRead: boolean): Effect.Effect<boolean> {
  const reading = `for (const path of ${JSON.stringify(childFolders())}) require("node:fs").readdirSync(path)`
  const [program, ...words] = [
    ...asUser(wrappers, 0),
    process.execPath,
    ...(canRead ? ["--eval", reading] : ["--version"])
  ]
  return Effect.callback<boolean>((resume) => {
    const child = spawn(program, words, { stdio: "ignore", timeout: 5000, env: {} })
    child.on("error", () => resume(Effect.succeed(false)))
    child.on("close", (code) => resume(Effect.succeed(code === 0)))
    return Effect.sync(() => child.kill("SIGKILL"))
  })
}

const userMark = /\{user\+(\d+)\}/
/** Beyond what systems give out, and within what containers map. */
const firstUsers = [1_900_000_000, 40_000]
const users = 20_000

/** A user of its own for each process, so that one that escaped can signal neither the worker nor another: root alone can give it. */
function ownUser(): (readonly string[])[] {
  if (process.getuid?.() !== 0 || !mayRuleOthers()) return []
  return wrap(
    "setpriv",
    firstUsers.map((first) => [`--reuid={user+${first}}`, `--regid={user+${first}}`, "--clear-groups"])
  )
}

/** kill, setgid and setuid (capabilities(7)). INVARIANT: what the watchdog could not kill is not started. */
const neededCapabilities = (1n << 5n) | (1n << 6n) | (1n << 7n)

function mayRuleOthers(): boolean {
  try {
    const found = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))
    return (BigInt(`0x${found?.[1] ?? "0"}`) & neededCapabilities) === neededCapabilities
  } catch {
    return false
  }
}

/** The wrappers' words, with the number of a process in place of the mark. */
export function asUser(wrappers: readonly (readonly string[])[], number: number): readonly string[] {
  return wrappers
    .flat()
    .map((word) => word.replace(userMark, (_all, first: string) => `${Number(first) + (number % users)}`))
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
export function allowIsolates(
  { pid, user }: { readonly pid: number; readonly user: number },
  platform: PlatformGuards,
  isolates: number,
  dataMiB: number
): Effect.Effect<void> {
  const program = findProgram("prlimit")
  if (program === undefined) return Effect.void
  const bytes = (dataMiB + (isolates - 1) * isolateMiB) * mebibyte
  // As the process's own user: even root may not change another's limits everywhere.
  const sameUser = platform.wrappers.filter((words) => words.some((word) => userMark.test(word)))
  const [command, ...words] = [...asUser(sameUser, user), program, "--pid", `${pid}`, `--data=${bytes}:`]
  return Effect.callback<void>((resume) => {
    const child = spawn(command, words, { stdio: "ignore", env: {} })
    child.on("error", () => resume(Effect.void))
    child.on("close", () => resume(Effect.void))
  })
}
