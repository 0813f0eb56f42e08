import type { GuardName } from "@millrace/sandbox"
import { caseOf } from "./all-cases.ts"
import type { HostileCase } from "./hostile-case.ts"
import { escaped } from "./hostile-case.ts"
import { platformGuards, runTrial } from "./trial.ts"
import { complaintsOf } from "./verdict.ts"

/** A guard, and the case that shows what it is for: held with the guard, not held without it. */
export interface GuardProof {
  /** Number in the list of guards (docs/formats and SECURITY.md speak of them by name). */
  readonly guard: string
  readonly hostile: HostileCase
  /** Switches that take the guard away. */
  readonly off: readonly GuardName[]
  /** Guards in front of it, off in both runs. */
  readonly before?: readonly GuardName[]
  /** Without the guard the neighbour shares the attacker's trust domain. */
  readonly isOneDomain?: boolean
  readonly limitMs?: number
}

const passing = `return [{ ...movie, title: "safe" }]`
const bomb =
  "const l = []; for (let i = 0; i < 40; i++) { const b = new ArrayBuffer(2 ** 23, { maxByteLength: 2 ** 23 }); new Uint8Array(b).fill(1); l.push(b) } return [{ ...movie, title: 'safe' }]"

/** Reads another's records where they pass through its own process, and ends that. */
const spying: HostileCase = {
  id: "G1 spy",
  title: "an escaped guest that reads its neighbour's records",
  attack: passing,
  preamble: `{ const fs = require("node:fs"); const { readSync } = fs; let isMine = false
    fs.readSync = (fd, buffer, offset, length, position) => {
      const read = readSync(fd, buffer, offset, length, position)
      if (fd === 4 && buffer.includes("poison-record")) isMine = true
      if (fd === 4 && isMine && buffer.includes("neighbour-secret")) process.kill(process.pid, "SIGKILL")
      return read
    } }`,
  outcome: "harmless"
}
const outOfHeap: HostileCase = {
  id: "G4 bomb",
  title: "320 MB beside the heap",
  attack: bomb,
  codes: ["MEMORY_EXCEEDED"],
  deadlineMs: 5000,
  outcome: "killed"
}
const flood: HostileCase = {
  id: "G5 header",
  title: "a header that promises four gigabytes",
  attack: passing,
  preamble: escaped("write(Buffer.from([0xf0, 0xff, 0xff, 0xff]))"),
  codes: ["SANDBOX_KILLED"],
  outcome: "killed"
}

const switched = (
  guard: string,
  hostile: HostileCase | string,
  off: readonly GuardName[],
  more: Partial<GuardProof> = {}
): GuardProof => ({ guard, hostile: typeof hostile === "string" ? caseOf(hostile) : hostile, off, ...more })

/**
 * The guards that have a switch. Not here: G9 is the worker's check of host calls against what was granted, and stands in the
 * tests of the runtime's capabilities; G12 is a rule for releases; G14 has nothing to guard, for no code cache is kept; G6 (only
 * bytes and primitives cross) and G7's captured built-ins are the way that the harness is built, not a check that could be
 * left out: cases 36, 39, 41 and 43 hold them.
 */
export const guardProofs: readonly GuardProof[] = [
  switched("G1 a process for each trust domain", spying, [], { isOneDomain: true }),
  switched("G2 network namespace", "G2 network", ["netns"]),
  switched("G2 permission: files", "G2 file", ["permission"]),
  switched("G2 permission: programs", "G2 spawn", ["permission"]),
  switched("G2 limits: address space", "G2 data", ["prlimit"]),
  switched("G2 limits: file size", "G2 file size", ["prlimit"]),
  switched("G2 capabilities", "G2 user", ["capabilities"], { before: ["user"] }),
  switched("G2 a user of its own", "G2 kill", ["user"]),
  switched("G2 environment", "G2 environment", ["environment"]),
  switched("G3 wall deadline", "6", ["deadline"], { limitMs: 2500 }),
  switched("G3 the guest's own deadline", "1", ["timeout"]),
  switched("G4 resident memory", outOfHeap, ["memory"], { before: ["prelude"] }),
  switched("G5 frame cap", flood, ["frame-cap"]),
  switched("G5 output budget", "24", ["output-budget"]),
  switched("G5 log budget", "33 logs", ["log-budget"]),
  switched("G8 prelude: resizable buffers", "19", ["prelude"], { before: ["memory"] }),
  switched("G8 prelude: shared memory", "20", ["prelude"]),
  switched("G8 prelude: WebAssembly", "21", ["prelude"]),
  switched("G8 prelude: code of strings", "35 eval", ["prelude"]),
  switched("G13 no inspector", "G13 open", ["permission"]),
  switched("G13 no inspector by a signal", "G13 signal", ["inspector"], { before: ["permission"] }),
  switched("G11 error text", "46 refused", ["sanitize"])
]

/** Complaints with the guard in force, and without it. Undefined where this platform does not have it. */
export async function proveGuard(
  proof: GuardProof
): Promise<{ readonly held: readonly string[]; readonly off: readonly string[] } | undefined> {
  const { needs } = proof.hostile
  if (needs !== undefined && !(await platformGuards()).includes(needs)) return undefined
  const before = proof.before ?? []
  const [on, off] = await Promise.all([
    runTrial(proof.hostile, { disabled: before }),
    runTrial(proof.hostile, {
      disabled: [...before, ...proof.off],
      isOneDomain: proof.isOneDomain ?? false,
      limitMs: proof.limitMs ?? 20_000
    })
  ])
  return { held: complaintsOf(proof.hostile, on), off: complaintsOf(proof.hostile, off) }
}
