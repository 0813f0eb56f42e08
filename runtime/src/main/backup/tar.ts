import { BackupFault } from "./backup-fault.ts"

// POSIX ustar with pax headers for long names (IEEE Std 1003.1, pax "ustar Interchange Format"): what `tar` reads.

export const blockBytes = 512
const nameBytes = 100
/** What twelve octal digits can say of a size. */
const maxSize = 8 ** 11 - 1

/** A file's header, with a pax header before it where its name or size does not fit. */
export const tarHeader = (path: string, size: number): Buffer => {
  const records = [
    ...(path.length > nameBytes ? [paxRecord("path", path)] : []),
    ...(size > maxSize ? [paxRecord("size", String(size))] : [])
  ].join("")
  const plain = header(path.slice(0, nameBytes), Math.min(size, maxSize), "0")
  if (records === "") return plain
  const body = Buffer.from(records)
  return Buffer.concat([header("pax", body.length, "x"), body, tarPadding(body.length), plain])
}

/** What fills a file's last block. */
export const tarPadding = (size: number): Buffer =>
  Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes)

/** Two empty blocks end an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * blockBytes)

/** What a header says; `x`: the body is pax records of the file that follows; undefined: the archive ends. */
export interface TarEntry {
  readonly path: string
  readonly size: number
  readonly type: "file" | "pax"
}

/** Reads a header block. Throws a {@link BackupFault} for one that is none, or of what no backup holds. */
export const readTarHeader = (block: Buffer): TarEntry | undefined => {
  if (block.every((byte) => byte === 0)) return undefined
  const sum = Number.parseInt(textOf(block, 148, 8), 8)
  if (sum !== checksum(block)) throw new BackupFault("a header of the archive is damaged")
  const type = textOf(block, 156, 1)
  if (type !== "0" && type !== "x" && type !== "")
    throw new BackupFault("the archive holds something else than files", textOf(block, 0, nameBytes))
  const size = Number.parseInt(textOf(block, 124, 12), 8)
  if (!Number.isSafeInteger(size)) throw new BackupFault("a header of the archive is damaged")
  return { path: textOf(block, 0, nameBytes), size, type: type === "x" ? "pax" : "file" }
}

/** The records of a pax header, by name. */
export const readPax = (body: Buffer): ReadonlyMap<string, string> => {
  const records = new Map<string, string>()
  for (let at = 0; at < body.length;) {
    const length = Number.parseInt(body.toString("latin1", at, at + 20), 10)
    if (!(length > 4) || at + length > body.length) throw new BackupFault("a pax header is damaged")
    const text = body.toString("utf8", at + String(length).length + 1, at + length - 1)
    const equals = text.indexOf("=")
    records.set(text.slice(0, equals), text.slice(equals + 1))
    at += length
  }
  return records
}

/** `LENGTH name=value\n`, where the length counts itself. */
const paxRecord = (name: string, value: string): string => {
  const rest = ` ${name}=${value}\n`
  let length = rest.length
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return `${length}${rest}`
}

const header = (name: string, size: number, type: "0" | "x"): Buffer => {
  const block = Buffer.alloc(blockBytes)
  const octal = (value: number, at: number, digits: number) =>
    block.write(`${value.toString(8).padStart(digits, "0")}\0`, at, "latin1")
  block.write(name, 0, "latin1")
  octal(0o600, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(0, 136, 11)
  block.write(type, 156, "latin1")
  block.write("ustar\x0000", 257, "latin1")
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1")
  return block
}

/** The sum of all bytes, those of the checksum itself counted as blanks. */
const checksum = (block: Buffer): number => {
  let sum = 0
  for (let at = 0; at < blockBytes; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0)
  return sum
}

const textOf = (block: Buffer, at: number, length: number): string =>
  block.toString("latin1", at, at + length).replace(/[\0 ].*$/s, "")
