import type { DatumReader } from "@millrace/sdk"
import type { SourceConfig } from "../source/config.ts"
import type { ContainerReader, Header } from "./container.ts"
import type { FileWindow } from "./file-window.ts"

/** A file in hand. Kept between reads where the isolate lives on; each read can do without. */
export interface OpenFile {
  readonly path: string
  readonly window: FileWindow
  readonly container: ContainerReader
  readonly header: Header
  readonly reader: DatumReader
  block: Block | undefined
}

/** A block whose records are being read. */
export interface Block {
  readonly offset: number
  /** Where the next begins. */
  readonly end: number
  readonly count: number
  readonly data: Uint8Array
  /** Records read or rejected, and where in `data` the next begins. */
  done: number
  at: number
}

/** Of one node, beside the file that is being read. */
const maxKept = 8
/** What holds more is let go when another file is read. */
const maxKeptBytes = 4 * 1024 * 1024

/** By a node's config, then by path: a header is parsed and a block inflated once, not at every read. */
const openFiles = new WeakMap<SourceConfig, Map<string, OpenFile>>()

export const keptFile = (config: SourceConfig, path: string): OpenFile | undefined =>
  openFiles.get(config)?.get(path)

/** Keeps a file as the one read last; the memory of all of them stays bounded. */
export const keepFile = (config: SourceConfig, open: OpenFile): void => {
  const kept = openFiles.get(config) ?? new Map<string, OpenFile>()
  openFiles.set(config, kept)
  kept.delete(open.path)
  for (const [path, other] of kept) {
    if (kept.size >= maxKept || bytesOf(other) > maxKeptBytes) kept.delete(path)
  }
  kept.set(open.path, open)
}

const bytesOf = ({ window, block }: OpenFile): number => window.size + (block?.data.length ?? 0)
