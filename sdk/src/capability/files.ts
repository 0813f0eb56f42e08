import type { Permission } from "../permission/permission.ts"
import type { Capability } from "./capability.ts"
import { type FileInfo, answerInfo, answerList, answerNothing } from "./files-answer.ts"
import { type HostEffect, hostRequest } from "./host-request.ts"
import type { FromConfig } from "./template.ts"

export type { FileInfo } from "./files-answer.ts"

/**
 * Files of the worker's machine, below one granted path. Every `path` is relative to it, parts joined by `/`: "" is the
 * granted path itself (a single file), "part-1.ndjson" a file in it (a folder). No part may be empty, "." or "..".
 * The worker resolves symbolic links and refuses what then lies outside.
 *
 * Host requests, all answered by the worker (payload and result are JSON):
 *
 * | operation | payload | bytes in | result | bytes out |
 * |---|---|---|---|---|
 * | `list` | `{ path }` | | `{ files: [{ path, size }] }` | |
 * | `stat` | `{ path }` | | `{ file: { path, size } or null }` | |
 * | `read` | `{ path, offset, length }` | | `{}` | at most `length`; fewer only at the file's end |
 * | `writeAt` | `{ path, offset }` | the bytes | `{}` | |
 * | `sync` | `{ path }` | | `{}` | |
 * | `rename` | `{ from, to }` | | `{}` | |
 * | `remove` | `{ path }` | | `{}` | |
 *
 * Error codes: `PERMISSION_DENIED`, `PATH_INVALID`, `NOT_FOUND`, `FILE_TOO_SHORT` (writeAt beyond the end), `LIMIT`
 * (more than 4 MiB in one request, or 10,000 files listed), `DISK_FULL`, `IO`.
 */
export interface FileReader {
  /** The regular files below `path`, at any depth, sorted by path (by code unit); a file lists itself. Empty when there is nothing. */
  list(path: string): HostEffect<readonly FileInfo[]>
  /** undefined when there is no such regular file. */
  stat(path: string): HostEffect<FileInfo | undefined>
  /** At most `length` (<= 4 MiB) bytes from `offset`; fewer only at the end of the file. */
  read(path: string, offset: number, length: number): HostEffect<Uint8Array>
}

/** Every operation may be done again with the same outcome: a batch that was killed is written again. */
export interface FileWriter {
  /** Writes at `offset` (at most the file's size) and cuts off what was after; makes the file and its folders. <= 4 MiB. */
  writeAt(path: string, offset: number, bytes: Uint8Array): HostEffect<void>
  /** Makes the file's bytes and its name durable. */
  sync(path: string): HostEffect<void>
  /** Durable when answered; replaces `to`. Done already (no `from`, but `to`): nothing happens. */
  rename(from: string, to: string): HostEffect<void>
  /** No such file: nothing happens. */
  remove(path: string): HostEffect<void>
  stat(path: string): HostEffect<FileInfo | undefined>
  list(path: string): HostEffect<readonly FileInfo[]>
}

const read = (path: string | FromConfig): Capability<FileReader> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [{ kind: "read", path } satisfies Permission],
    make: (host, handle) => ({
      list: (path) => hostRequest(host, { handle, operation: "list", payload: { path }, answer: answerList }),
      stat: (path) => hostRequest(host, { handle, operation: "stat", payload: { path }, answer: answerInfo }),
      read: (path, offset, length) =>
        hostRequest(host, {
          handle,
          operation: "read",
          payload: { path, offset, length },
          answer: (_result, bytes) => bytes ?? new Uint8Array()
        })
    })
  }
})

const write = (path: string | FromConfig): Capability<FileWriter> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [{ kind: "write", path } satisfies Permission],
    make: (host, handle) => {
      const ask = (operation: string, payload: unknown, bytes?: Uint8Array) =>
        hostRequest<void>(host, { handle, operation, payload, bytes, answer: answerNothing })
      return {
        writeAt: (path, offset, bytes) => ask("writeAt", { path, offset }, bytes),
        sync: (path) => ask("sync", { path }),
        rename: (from, to) => ask("rename", { from, to }),
        remove: (path) => ask("remove", { path }),
        stat: (path) =>
          hostRequest(host, { handle, operation: "stat", payload: { path }, answer: answerInfo }),
        list: (path) =>
          hostRequest(host, { handle, operation: "list", payload: { path }, answer: answerList })
      }
    }
  }
})

/** Files to read and to write; the argument is the granted path, usually `fromConfig("path")`. */
export const files = { read, write } as const
