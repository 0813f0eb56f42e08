/**
 * What must become of a hostile plugin's record.
 * `stopped`: its call ends at the deadline and the sandbox process lives · `killed`: the process is killed · `contained`: either,
 * as V8 has it · `refused`: the record fails as any other, at once · `harmless`: the attack comes to nothing and its record comes
 * through, with {@link HostileCase.expect} as its title.
 */
export type Outcome = "stopped" | "killed" | "contained" | "refused" | "harmless"

/** A plugin that attacks at the record `m2` of five, in a trust domain of its own. */
export interface HostileCase {
  /** Unique over all cases; a number is that of the threat catalogue. */
  readonly id: string
  readonly title: string
  /** Statements of a process body, for the record m2. In scope: `movie`, `record`, `host`, `pend`, `movies` (calls so far). */
  readonly attack: string
  /** Statements at the top of the bundle. */
  readonly before?: string
  /** The body's answer may be pending. */
  readonly suspends?: boolean
  readonly outcome: Outcome
  /** Codes of the dead letter; default by outcome. */
  readonly codes?: readonly string[]
  /** What the dead letter says. */
  readonly message?: RegExp
  /** Title of m2 afterwards; default "safe". */
  readonly expect?: string
  /** Program text that the sandbox process runs first: an escaped guest. {@link escaped} helps to write it. */
  readonly preamble?: string
  /** The platform's guard that holds it; where the platform has none, it cannot be held. */
  readonly needs?: string
  readonly memoryMiB?: number
  readonly deadlineMs?: number
  /** More that must hold; answers complaints. */
  readonly check?: (observed: Observed) => readonly string[]
}

/** What a trial showed. */
export interface Observed {
  /** Ids and titles that came out, in order. */
  readonly ids: readonly string[]
  readonly titles: readonly string[]
  readonly letters: readonly {
    readonly code: string
    readonly offset: bigint
    readonly message: string
    readonly tag: string | undefined
  }[]
  /** Code and text of what failed the whole call. */
  readonly failure: string | undefined
  /** Starts of the hostile domain's process during the attack. */
  readonly restarts: number
  /** Ids of a second, harmless batch through the same plugin. */
  readonly later: readonly string[]
  readonly elapsedMs: number
  readonly neighbour: {
    readonly calls: number
    readonly wrong: number
    readonly restarts: number
    /** Wall times of its calls while the attack ran. */
    readonly latenciesMs: readonly number[]
  }
  /** What the attack did to this process. */
  readonly harm: readonly string[]
  readonly logs: readonly { readonly message: string; readonly fields: string }[]
  readonly metrics: readonly { readonly labels: string; readonly value: number }[]
  /** Payloads of host requests that reached the worker's handler. */
  readonly requests: readonly unknown[]
}

/** Title of m2: an escaped guest knows the poison by it. */
export const poisonTitle = "poison-record"

/**
 * Program text of an escaped guest, which has the sandbox process's own functions. `onAnswer` runs instead of the writing of an
 * answer for the poison record: `frame` holds it, `write(bytes)` and `fs` are there.
 */
export function escaped(onAnswer: string): string {
  return `{
    const fs = require("node:fs")
    const { readSync, writeSync } = fs
    let armed = false
    fs.readSync = (fd, buffer, offset, length, position) => {
      const read = readSync(fd, buffer, offset, length, position)
      if (fd === 4) armed = buffer.includes(${JSON.stringify(poisonTitle)})
      return read
    }
    const write = (bytes) => { for (let at = 0; at < bytes.length;) at += writeSync(3, bytes, at) }
    const framed = (text) => { const body = Buffer.from(text); const frame = Buffer.alloc(4 + body.length); frame.writeUInt32LE(body.length); body.copy(frame, 4); return frame }
    fs.writeSync = (fd, data, offset, length, position) => {
      if (fd !== 3 || !armed) return writeSync(fd, data, offset, length, position)
      armed = false
      const frame = data
      ${onAnswer}
      return data.length - (offset ?? 0)
    }
  }`
}

/** Program text that ends the process when `attempt` (an expression) answers true; what it throws counts as refused. */
export function escapedAtStart(attempt: string): string {
  return `{ let gotThrough = false
    try { gotThrough = (() => { ${attempt} })() === true } catch {}
    if (gotThrough) process.kill(process.pid, "SIGKILL") }`
}
