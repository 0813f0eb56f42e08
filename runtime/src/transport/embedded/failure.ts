import { statfsSync } from "node:fs"
import { TransportError } from "../transport.ts"

/** With less than this free, a failed write is put down to the disk being full: the store says only "input/output error". */
const fullDiskBytes = 8 * 1024 * 1024
const mapFull = -30792

/** Turns what the store threw at a write into what the caller can act on. Nothing of the failed transaction was kept. */
export function writeFailure(folder: string, wantedBytes: number, cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  const code = codeOf(cause)
  if (code === mapFull)
    return new TransportError({
      reason: "diskFull",
      message: `the log in ${folder} has reached its map size. Delete topics that are no longer needed.`
    })
  if (freeBytes(folder) < Math.max(fullDiskBytes, wantedBytes * 2)) return noSpace(folder)
  return new TransportError({
    reason: "unavailable",
    message: `the log in ${folder} could not be written: ${textOf(cause)}`
  })
}

/** What a transaction writes beside its own bytes: the pages on the way to them in each table, and blocks of the journal. */
const reserveBytes = 512 * 1024
/** Its bytes in the journal, in `data.mdb`, and as much again for pages that are not full. */
const copiesWritten = 3

/** Where so much more is free, nobody fills the disk in so short a time: it is not looked at again before every commit. */
const plentyBytes = 2 * 1024 * 1024 * 1024
const goodForMs = 50

/** What was found free, by folder. */
const looks = new Map<string, { readonly bytes: number; readonly at: number }>()

/**
 * Throws `diskFull` when a transaction of so many bytes might not find the space. INVARIANT: lmdb never meets a full disk
 * where that can be foreseen, for a write that fails inside its commit has corrupted the process's memory.
 */
export function refuseWhenFull(folder: string, wantedBytes: number): void {
  const needed = wantedBytes * copiesWritten + reserveBytes
  const now = performance.now()
  const last = looks.get(folder)
  if (last !== undefined && now - last.at < goodForMs && last.bytes - needed > plentyBytes) return
  const bytes = freeBytes(folder)
  looks.set(folder, { bytes, at: now })
  if (bytes < needed) throw noSpace(folder)
}

function noSpace(folder: string): TransportError {
  return new TransportError({
    reason: "diskFull",
    message: `no space left for ${folder}. Nothing was lost; work goes on by itself when there is space again.`
  })
}

export function readFailure(folder: string, cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause
  return new TransportError({
    reason: "unavailable",
    message: `the log in ${folder} could not be read: ${textOf(cause)}`
  })
}

export function corrupt(folder: string, what: string): TransportError {
  return new TransportError({
    reason: "corrupt",
    message: `${folder}: ${what}. It was not served. Restore the folder from a copy, or delete it and let sources be read again.`
  })
}

function freeBytes(folder: string): number {
  try {
    const stats = statfsSync(folder)
    return stats.bavail * stats.bsize
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function codeOf(cause: unknown): unknown {
  return typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
