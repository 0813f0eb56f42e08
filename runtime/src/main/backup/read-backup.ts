import { createReadStream, existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { createZstdDecompress } from "node:zlib"
import { BackupFault } from "./backup-fault.ts"
import { type Manifest, manifestName, readManifest } from "./manifest.ts"
import { blockBytes, readPax, readTarHeader, tarPadding } from "./tar.ts"

/** A file of a backup; its body is read before the next one is asked for. */
export interface BackupEntry {
  readonly path: string
  readonly bytes: number
  readonly body: AsyncIterable<Uint8Array>
}

/** A backup that was opened: its manifest, and its files in their order. */
export interface OpenBackup {
  readonly manifest: Manifest
  readonly entries: AsyncIterable<BackupEntry>
}

const maxPaxBytes = 64 * 1024

/** Opens a backup, a folder or a `.tar.zst`. Rejects with a {@link BackupFault} when it is none. */
export const openBackup = async (source: string): Promise<OpenBackup> => {
  if (!existsSync(source)) throw new BackupFault("there is nothing", source)
  const entries = (statSync(source).isDirectory() ? folderEntries(source) : archiveEntries(source))[
    Symbol.asyncIterator
  ]()
  const first = await entries.next()
  if (first.done === true || first.value.path !== manifestName)
    throw new BackupFault(`it is no backup: it does not begin with ${manifestName}`)
  const manifest = readManifest(await gathered(first.value))
  return { manifest, entries: { [Symbol.asyncIterator]: () => entries } }
}

async function* folderEntries(folder: string): AsyncGenerator<BackupEntry> {
  const entry = (path: string): BackupEntry => {
    const file = join(folder, path)
    if (!existsSync(file)) throw new BackupFault("it is missing", path)
    return { path, bytes: statSync(file).size, body: createReadStream(file) }
  }
  yield entry(manifestName)
  const manifest = readManifest(await gathered(entry(manifestName)))
  for (const { path } of manifest.files) yield entry(path)
}

async function* archiveEntries(file: string): AsyncGenerator<BackupEntry> {
  const reader = new BlockReader(createReadStream(file).pipe(createZstdDecompress()))
  let pax: ReadonlyMap<string, string> = new Map()
  for (;;) {
    const entry = readTarHeader(await reader.whole(blockBytes))
    if (entry === undefined) return
    const size = Number(pax.get("size") ?? entry.size)
    if (entry.type === "pax") {
      if (size > maxPaxBytes) throw new BackupFault("a pax header is too large")
      pax = readPax(await reader.whole(size))
    } else {
      yield { path: pax.get("path") ?? entry.path, bytes: size, body: reader.body(size) }
      pax = new Map()
      await reader.rest()
    }
    await reader.whole(tarPadding(size).length)
  }
}

/** Takes a stream of chunks apart as it is asked. */
class BlockReader {
  private readonly chunks: AsyncIterator<Buffer>
  private held: Buffer = Buffer.alloc(0)
  private left = 0

  constructor(stream: AsyncIterable<Buffer>) {
    this.chunks = stream[Symbol.asyncIterator]()
  }

  /** Exactly so many bytes. */
  async whole(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let missing = bytes; missing > 0;) {
      const part = await this.some(missing)
      parts.push(part)
      missing -= part.length
    }
    return Buffer.concat(parts)
  }

  /** The next bytes as they come; what is not read of them {@link rest} passes over. */
  async *body(bytes: number): AsyncGenerator<Buffer> {
    this.left = bytes
    while (this.left > 0) {
      const part = await this.some(this.left)
      this.left -= part.length
      yield part
    }
  }

  async rest(): Promise<void> {
    while (this.left > 0) this.left -= (await this.some(this.left)).length
  }

  private async some(most: number): Promise<Buffer> {
    if (this.held.length === 0) {
      const next = await this.chunks.next().catch((cause: unknown) => {
        throw new BackupFault(`it cannot be read: ${cause instanceof Error ? cause.message : "?"}`)
      })
      if (next.done === true) throw new BackupFault("it is cut off")
      this.held = next.value
    }
    const part = this.held.subarray(0, most)
    this.held = this.held.subarray(part.length)
    return part
  }
}

const gathered = async ({ body }: BackupEntry): Promise<Buffer> => {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
