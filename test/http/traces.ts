import { execFileSync } from "node:child_process"
import { openSync, readdirSync, readFileSync, readSync, closeSync } from "node:fs"
import { join } from "node:path"

/** Forms in which a secret would be recognised. */
export const formsOf = (value: string): readonly Buffer[] =>
  [
    Buffer.from(value),
    Buffer.from(Buffer.from(value).toString("base64").slice(0, -4)),
    Buffer.from(Buffer.from(`user:${value}`).toString("base64").slice(8, -4)),
    Buffer.from(Buffer.from(value).toString("hex")),
    Buffer.from(encodeURIComponent(value)),
    Buffer.from(value, "utf16le")
  ].filter((form) => form.length >= 8)

export const holds = (bytes: Buffer, forms: readonly Buffer[]): boolean =>
  forms.some((form) => bytes.includes(form))

/** Files below a folder that hold any of the forms. */
export const filesWith = (folder: string, forms: readonly Buffer[]): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => holds(readFileSync(file), forms))

/** Ids of a process's children, and theirs. */
export const descendants = (pid: number): readonly number[] => {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number))
  const of = (parent: number): readonly number[] =>
    rows.flatMap(([child = 0, above]) => (above === parent ? [child, ...of(child)] : []))
  return of(pid)
}

/**
 * Whether the memory of a process holds any of the forms: every readable private mapping, as /proc shows it. Undefined where
 * that is not allowed.
 */
export const memoryHolds = (pid: number, forms: readonly Buffer[]): boolean | undefined => {
  const overlap = Math.max(...forms.map((form) => form.length))
  try {
    const memory = openSync(`/proc/${pid}/mem`, "r")
    try {
      return readFileSync(`/proc/${pid}/maps`, "utf8")
        .split("\n")
        .some((line) => {
          const found = /^([0-9a-f]+)-([0-9a-f]+) r..p/.exec(line)
          return found !== null && rangeHolds(memory, found[1] ?? "0", found[2] ?? "0", forms, overlap)
        })
    } finally {
      closeSync(memory)
    }
  } catch {
    return undefined
  }
}

const chunk = Buffer.alloc(8 * 1024 * 1024)

const rangeHolds = (
  memory: number,
  from: string,
  to: string,
  forms: readonly Buffer[],
  overlap: number
): boolean => {
  const end = Number.parseInt(to, 16)
  for (let at = Number.parseInt(from, 16); at < end; at += chunk.length - overlap) {
    let length = 0
    try {
      length = readSync(memory, chunk, 0, Math.min(chunk.length, end - at), at)
    } catch {
      // A mapping without pages that can be read.
      return false
    }
    if (holds(chunk.subarray(0, length), forms)) return true
  }
  return false
}
