import * as Result from "effect/Result"

/** Why an archive is refused, and at which entry. */
export interface ArchiveProblem {
  readonly problem: string
  readonly entry?: string
}

const blockBytes = 512
const decoder = new TextDecoder("latin1")

/** Text of a field up to its first NUL. */
const field = (header: Uint8Array, start: number, length: number): string => {
  const bytes = header.subarray(start, start + length)
  const end = bytes.indexOf(0)
  return decoder.decode(end === -1 ? bytes : bytes.subarray(0, end))
}

/** An octal number as POSIX writes it; undefined for anything else, GNU's base-256 included. */
const octal = (header: Uint8Array, start: number, length: number): number | undefined => {
  const text = field(header, start, length).trim()
  return /^[0-7]{1,11}$/.test(text) ? Number.parseInt(text, 8) : undefined
}

const checksumStart = 148
const checksumEnd = 156

/** Sum of the header's bytes, its checksum field taken as spaces. */
const checksum = (header: Uint8Array): number =>
  header.reduce((sum, byte, index) => sum + (index >= checksumStart && index < checksumEnd ? 0x20 : byte), 0)

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

interface Header {
  readonly name: string
  readonly size: number
}

const readHeader = (header: Uint8Array): Result.Result<Header, ArchiveProblem> => {
  if (field(header, 257, 6) !== "ustar") return Result.fail({ problem: "it is not a POSIX tar archive" })
  if (octal(header, checksumStart, 8) !== checksum(header))
    return Result.fail({ problem: "a header's checksum is wrong" })
  const prefix = field(header, 345, 155)
  const name = prefix === "" ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`
  const kind = header[156]
  // Links, folders, devices and extension headers have no place in a package, so none of their tricks has.
  if (kind !== 0x30 && kind !== 0)
    return Result.fail({ problem: "only regular files are allowed", entry: name })
  const size = octal(header, 124, 12)
  return size === undefined
    ? Result.fail({ problem: "a file's size is not a number", entry: name })
    : Result.succeed({ name, size })
}

/** What a reader accepts. */
export interface TarLimits {
  readonly maxFiles: number
  readonly isAllowed: (name: string) => boolean
}

/**
 * Reads a tar archive strictly: POSIX ustar headers, regular files, allowed names, none twice, an end mark and nothing
 * after it. (POSIX.1-2001 §pax, ustar interchange format.) The files are views of `archive`; nothing is allocated by what a header says.
 */
export const readTar = (
  archive: Uint8Array,
  limits: TarLimits
): Result.Result<ReadonlyMap<string, Uint8Array>, ArchiveProblem> => {
  const files = new Map<string, Uint8Array>()
  let at = 0
  for (;;) {
    const header = archive.subarray(at, at + blockBytes)
    if (header.length < blockBytes) return Result.fail({ problem: "it ends early" })
    if (isZero(header)) break
    const read = readHeader(header)
    if (Result.isFailure(read)) return Result.fail(read.failure)
    const { name, size } = read.success
    const refusal = refuse(name, files, limits)
    if (refusal !== undefined) return Result.fail({ problem: refusal, entry: name })
    const start = at + blockBytes
    if (size > archive.length - start) return Result.fail({ problem: "a file ends early", entry: name })
    files.set(name, archive.subarray(start, start + size))
    at = start + Math.ceil(size / blockBytes) * blockBytes
  }
  if (archive.length - at < 2 * blockBytes) return Result.fail({ problem: "it ends early" })
  return isZero(archive.subarray(at))
    ? Result.succeed(files)
    : Result.fail({ problem: "something follows its end" })
}

const refuse = (
  name: string,
  files: ReadonlyMap<string, Uint8Array>,
  limits: TarLimits
): string | undefined => {
  if (files.size >= limits.maxFiles) return `it holds more than ${limits.maxFiles} files`
  if (!limits.isAllowed(name)) return "a package has no file of this name"
  return files.has(name) ? "a file is there twice" : undefined
}
