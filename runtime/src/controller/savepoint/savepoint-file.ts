import { createHash, type Hash } from "node:crypto"
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import { crc32 } from "node:zlib"

/** Blocks of a savepoint (docs/formats/savepoint.md). */
export const blockKinds = { head: 1, schema: 2, state: 3, frame: 4, task: 5, end: 9 } as const
export type BlockKind = (typeof blockKinds)[keyof typeof blockKinds]

export interface Block {
  readonly kind: number
  readonly payload: Buffer
}

const magic = Buffer.from("MRSAVE01", "latin1")
const headBytes = 9
const maxBlockBytes = 64 * 1024 * 1024

/** What is no whole savepoint of ours. */
export class SavepointFault extends Error {}

/**
 * Writes a savepoint beside its place; {@link SavepointWriter.finish} makes it whole, durable and puts it there. Until then
 * there is only a file that ends in `.partial`, which nobody takes for one.
 */
export class SavepointWriter {
  private readonly path: string
  private readonly descriptor: number
  private readonly hash: Hash = createHash("sha256")
  private blocks = 0
  bytes = 0

  constructor(path: string) {
    this.path = path
    this.descriptor = openSync(`${path}.partial`, "w", 0o600)
    this.put(magic)
  }

  add(kind: BlockKind, ...parts: readonly Uint8Array[]): void {
    const payload = Buffer.concat(parts)
    const head = Buffer.allocUnsafe(headBytes)
    head.writeUInt8(kind, 0)
    head.writeUInt32LE(payload.length, 1)
    head.writeUInt32LE(crc32(payload), 5)
    this.put(head)
    this.put(payload)
    this.blocks += 1
  }

  addJson(kind: BlockKind, value: unknown): void {
    this.add(kind, Buffer.from(JSON.stringify(value)))
  }

  finish(): void {
    const sha256 = this.hash.copy().digest("hex")
    this.addJson(blockKinds.end, { blocks: this.blocks, sha256 })
    fsyncSync(this.descriptor)
    closeSync(this.descriptor)
    renameSync(`${this.path}.partial`, this.path)
    const folder = openSync(dirname(this.path), "r")
    fsyncSync(folder)
    closeSync(folder)
  }

  /** Leaves nothing. */
  abandon(): void {
    closeSync(this.descriptor)
    rmSync(`${this.path}.partial`, { force: true })
  }

  private put(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at)
    this.hash.update(bytes)
    this.bytes += bytes.length
  }
}

/**
 * The blocks of a savepoint, but its end. Throws a {@link SavepointFault} for one that is cut off, changed, or none; what was
 * given before is then not to be trusted either.
 */
export function* savepointBlocks(path: string): Generator<Block> {
  const descriptor = openSync(path, "r")
  try {
    const hash = createHash("sha256")
    const start = exactly(descriptor, magic.length)
    if (!start.equals(magic)) throw new SavepointFault("it does not begin as a savepoint")
    hash.update(start)
    for (let blocks = 0; ; blocks++) {
      const sha256 = hash.copy().digest("hex")
      const head = exactly(descriptor, headBytes)
      const size = head.readUInt32LE(1)
      if (size > maxBlockBytes) throw new SavepointFault("a block is too large")
      const payload = exactly(descriptor, size)
      if (crc32(payload) !== head.readUInt32LE(5)) throw new SavepointFault("a block fails its CRC")
      const kind = head.readUInt8(0)
      if (kind === blockKinds.end) {
        if (payload.toString("utf8") !== JSON.stringify({ blocks, sha256 }))
          throw new SavepointFault("its end does not fit what stands before it")
        if (readSync(descriptor, Buffer.allocUnsafe(1)) !== 0)
          throw new SavepointFault("something follows its end")
        return
      }
      hash.update(head)
      hash.update(payload)
      yield { kind, payload }
    }
  } finally {
    closeSync(descriptor)
  }
}

function exactly(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  for (let at = 0; at < size;) {
    const read = readSync(descriptor, bytes, at, size - at, null)
    if (read === 0) throw new SavepointFault("it is cut off")
    at += read
  }
  return bytes
}
