import { execFile } from "node:child_process"
import { existsSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import * as Effect from "effect/Effect"
import type { TransportError } from "../transport.ts"
import { corrupt } from "./failure.ts"
import { bytesGivenOut } from "./meta-pages.ts"
import { isTrusted } from "./trusted-file.ts"

// TypeScript here, JavaScript in the published package.
const inspector = join(import.meta.dirname, `inspect-child${extname(import.meta.filename)}`)
const maxReportBytes = 64 * 1024
/** A damaged tree can lead in circles. */
const maxInspectionMs = 120_000

/**
 * Whether the folder's data file can be opened without harm, found out in a child process: reading a truncated file
 * ends a process by SIGBUS. Fails with `corrupt` and what to do. A file that was never finished being made is left to
 * be made anew: `isNew` says so. Of a file that is trusted only the length is looked at, and no child is needed when it holds
 * all its pages.
 */
export function inspectFolder(
  folder: string,
  trusted: boolean = isTrusted(folder)
): Effect.Effect<{ readonly isNew: boolean }, TransportError> {
  return Effect.gen(function* () {
    const data = join(folder, "data.mdb")
    const wasMade = existsSync(join(folder, createdMark))
    if (!wasMade) return { isNew: true }
    if (!existsSync(data) || statSync(data).size === 0)
      return yield* corrupt(folder, "the data file is missing or empty")
    if (trusted && isWhole(data)) return { isNew: false }
    const fault = yield* runInspector(folder)
    if (fault !== undefined) return yield* corrupt(folder, fault)
    return { isNew: false }
  })
}

/** Stands in the folder once its first transaction is durable; without it there is nothing to lose. */
export const createdMark = "FORMAT"

function isWhole(file: string): boolean {
  const bytes = bytesGivenOut(file)
  return bytes !== undefined && statSync(file).size >= bytes
}

function runInspector(folder: string): Effect.Effect<string | undefined> {
  return Effect.callback<string | undefined>((resume) => {
    const child = execFile(
      process.execPath,
      ["--no-node-snapshot", "--disable-warning=ExperimentalWarning", inspector, folder],
      { env: {}, maxBuffer: maxReportBytes, timeout: maxInspectionMs, killSignal: "SIGKILL" },
      (error, stdout) => resume(Effect.succeed(error === null ? faultOf(stdout) : deathOf(error.signal)))
    )
    return Effect.sync(() => {
      child.kill("SIGKILL")
    })
  })
}

function deathOf(signal: string | null | undefined): string {
  if (signal === "SIGBUS") return "the data file is truncated"
  return `the data file's structure is damaged (its inspection ended ${signal ?? "with an error"})`
}

function faultOf(stdout: string): string | undefined {
  try {
    const report: unknown = JSON.parse(stdout)
    if (typeof report === "object" && report !== null && "fault" in report) {
      if (report.fault === null) return undefined
      return `the data file is damaged: ${JSON.stringify(report.fault)}`
    }
  } catch {
    // An unreadable report is as bad as none.
  }
  return "the data file could not be inspected"
}
