import { constants } from "node:fs"
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises"
import type { FileHandle } from "node:fs/promises"
import { dirname, join, relative, sep } from "node:path"
import type { HostReply, HostRequest, HostRequestError } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { grantedPath } from "./granted-path.ts"
import { member, refuse } from "./request-failure.ts"
import type { Answer } from "./request-failure.ts"

/** Serves the file operations of `@millrace/sdk`'s capability/files.ts, where operations and codes are documented. */

const maxRequestBytes = 4 * 1024 * 1024
const maxListed = 10_000
const maxDepth = 64

/** The granted path, absolute, and whether it may be written. */
export interface FileGrant {
  readonly path: string
  readonly access: "read" | "write"
}

/** Opened so, a link that took a file's place since it was resolved is not followed. */
const noFollow = constants.O_NOFOLLOW

export function serveFiles(grant: FileGrant, request: HostRequest): Answer {
  const { operation, payload } = request
  if (operation === "list") return withPath(grant, payload, "path", (path) => listFiles(grant, path))
  if (operation === "stat") return withPath(grant, payload, "path", (path) => statFile(payload, path))
  if (grant.access === "read" && operation === "read")
    return withPath(grant, payload, "path", (path) => readFile(payload, path))
  if (grant.access === "write") {
    if (operation === "writeAt")
      return withPath(grant, payload, "path", (path) => writeAt(payload, request.bytes, path))
    if (operation === "sync") return withPath(grant, payload, "path", syncFile)
    if (operation === "remove") return withPath(grant, payload, "path", removeFile)
    if (operation === "rename")
      return withPath(grant, payload, "from", (from) =>
        withPath(grant, payload, "to", (to) => renameFile(from, to))
      )
  }
  return refuse("PERMISSION_DENIED", `'${operation}' is not granted: this handle may ${grant.access} files`)
}

function withPath(
  grant: FileGrant,
  payload: unknown,
  name: string,
  use: (path: string) => Promise<HostReply> | Answer
): Answer {
  return Effect.suspend(() => {
    const path = grantedPath(grant.path, member(payload, name))
    if (Result.isFailure(path)) return Effect.fail(path.failure)
    const used = use(path.success)
    return Effect.isEffect(used)
      ? used
      : Effect.tryPromise({ try: () => used, catch: (error) => requestError(error) })
  })
}

async function listFiles(grant: FileGrant, path: string): Promise<HostReply> {
  const root = grantedPath(grant.path, "")
  if (Result.isFailure(root)) throw new RequestRefused("PATH_INVALID", root.failure.message)
  const found: { readonly path: string; readonly size: number }[] = []
  const place = (file: string): string => relative(root.success, file).split(sep).join("/")
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (depth > maxDepth) throw new RequestRefused("LIMIT", "folders nest more than 64 deep")
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const child = join(folder, entry.name)
      if (entry.isDirectory()) await walk(child, depth + 1)
      if (!entry.isFile()) continue
      found.push({ path: place(child), size: (await stat(child)).size })
      if (found.length > maxListed) throw new RequestRefused("LIMIT", "more than 10,000 files")
    }
  }
  const top = await statOrNothing(path)
  if (top?.isFile() === true) found.push({ path: place(path), size: top.size })
  else if (top?.isDirectory() === true) await walk(path, 0)
  found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  return { result: { files: found } }
}

async function statFile(payload: unknown, path: string): Promise<HostReply> {
  const info = await statOrNothing(path)
  if (info?.isFile() !== true) return { result: { file: null } }
  return { result: { file: { path: member(payload, "path"), size: info.size } } }
}

async function readFile(payload: unknown, path: string): Promise<HostReply> {
  const offset = wholeNumber(payload, "offset")
  const length = wholeNumber(payload, "length")
  if (length > maxRequestBytes) throw new RequestRefused("LIMIT", "more than 4 MiB in one request")
  const file = await open(path, constants.O_RDONLY | noFollow | constants.O_NONBLOCK)
  try {
    const info = await file.stat()
    if (!info.isFile()) throw new RequestRefused("NOT_FOUND", "not a regular file")
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, info.size - offset)))
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return { result: {}, bytes: new Uint8Array(buffer.subarray(0, filled)) }
  } finally {
    await file.close()
  }
}

async function writeAt(payload: unknown, bytes: Uint8Array | undefined, path: string): Promise<HostReply> {
  const offset = wholeNumber(payload, "offset")
  const data = bytes ?? new Uint8Array(0)
  if (data.length > maxRequestBytes) throw new RequestRefused("LIMIT", "more than 4 MiB in one request")
  await makeFolder(dirname(path))
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | noFollow, 0o644)
  try {
    const info = await file.stat()
    if (!info.isFile()) throw new RequestRefused("IO", "not a regular file")
    if (info.size < offset)
      throw new RequestRefused("FILE_TOO_SHORT", `the file has ${info.size} bytes, fewer than ${offset}`)
    await writeAll(file, data, offset)
    await file.truncate(offset + data.length)
    return { result: {} }
  } finally {
    await file.close()
  }
}

async function writeAll(file: FileHandle, data: Uint8Array, offset: number): Promise<void> {
  let done = 0
  while (done < data.length) {
    const { bytesWritten } = await file.write(data, done, data.length - done, offset + done)
    done += bytesWritten
  }
}

async function syncFile(path: string): Promise<HostReply> {
  await syncPath(path, constants.O_RDWR | noFollow)
  await syncPath(dirname(path), constants.O_RDONLY)
  return { result: {} }
}

async function renameFile(from: string, to: string): Promise<HostReply> {
  const isDone = (await statOrNothing(from)) === undefined && (await statOrNothing(to)) !== undefined
  if (!isDone) {
    await makeFolder(dirname(to))
    await rename(from, to)
  }
  await syncPath(dirname(to), constants.O_RDONLY)
  if (dirname(from) !== dirname(to)) await syncPath(dirname(from), constants.O_RDONLY)
  return { result: {} }
}

async function removeFile(path: string): Promise<HostReply> {
  if ((await statOrNothing(path)) === undefined) return { result: {} }
  await rm(path)
  await syncPath(dirname(path), constants.O_RDONLY)
  return { result: {} }
}

async function syncPath(path: string, flags: number): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the folder and those above it, each name durable in the one above. */
async function makeFolder(folder: string): Promise<void> {
  if ((await statOrNothing(folder))?.isDirectory() === true) return
  await makeFolder(dirname(folder))
  await mkdir(folder, { recursive: true })
  await syncPath(dirname(folder), constants.O_RDONLY)
}

async function statOrNothing(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    const code = codeOf(error)
    if (code === "ENOENT" || code === "ENOTDIR") return undefined
    throw error
  }
}

function wholeNumber(payload: unknown, name: string): number {
  const value = member(payload, name)
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value
  throw new RequestRefused("PATH_INVALID", `'${name}' is not a whole number of at least 0`)
}

class RequestRefused extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Host paths are kept from the guest: it learns what happened, not where. */
function requestError(error: unknown): HostRequestError {
  if (error instanceof RequestRefused)
    return { _tag: "HostRequestError", code: error.code, message: error.message }
  const code = codeOf(error)
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR")
    return { _tag: "HostRequestError", code: "NOT_FOUND", message: "there is no such file" }
  if (code === "ENOSPC" || code === "EDQUOT")
    return { _tag: "HostRequestError", code: "DISK_FULL", message: "no space left for the file" }
  if (code === "ELOOP" || code === "EACCES" || code === "EPERM")
    return { _tag: "HostRequestError", code: "PERMISSION_DENIED", message: `the system refused it (${code})` }
  return { _tag: "HostRequestError", code: "IO", message: `the file could not be handled (${String(code)})` }
}

function codeOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined
}
