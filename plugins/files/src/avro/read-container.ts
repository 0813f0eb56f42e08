import { CodecError, CodecFault, datumReader, type DatumReader, type FileReader } from "@millrace/sdk"
import { FileFormatError } from "../format/cut.ts"
import type { Position } from "../format/position.ts"
import type { SourceConfig } from "../source/config.ts"
import { contractOf } from "../source/contract.ts"
import {
  afterSync,
  ContainerReader,
  type Header,
  hexOf,
  isSync,
  isTooMany,
  maxBlockBytes,
  maxHeaderBytes,
  syncBytes
} from "./container.ts"
import { inflate, InflateFault } from "./deflate.ts"
import { FileWindow } from "./file-window.ts"
import { type Block, keepFile, keptFile, type OpenFile } from "./open-files.ts"
import { RecordBatch } from "./record-batch.ts"
import { readerSchema } from "./resolved-schema.ts"

/** A read of a container file: which, and how much. */
export interface ContainerRead {
  readonly config: SourceConfig
  readonly input: FileReader
  /** For `input`. */
  readonly path: string
  /** For people. */
  readonly file: string
  readonly maxRecords: number
  readonly maxBytes: number
}

/** A block that cannot be read. `end`: where the next begins, when that is known. */
class Damage {
  readonly reason: string
  readonly end: number | undefined
  constructor(reason: string, end?: number) {
    this.reason = reason
    this.end = end
  }
}

/** Searched for a sync marker in one read. */
const seekBytes = 1024 * 1024
const longestHead = 20

/**
 * Reads the next records of a container file. A block that is damaged is rejected as a whole, and reading goes on after the
 * next sync marker; a record that does not fit is rejected alone where its end can be found. Holds one block at a time.
 * Throws a {@link FileFormatError} for a file that cannot be read at all.
 */
export function* readContainer(position: Position | undefined, read: ContainerRead) {
  const open = yield* openFile(position, read)
  const batch = new RecordBatch(read)
  let state = position ?? startOf(open.header)
  if (state.isSeeking === true) state = yield* seek(open, state)
  while (state.isSeeking !== true && !batch.isFull) {
    const block = yield* blockAt(open, state)
    if (block === undefined) return batch.answer(state, "end")
    if (block instanceof Damage) {
      batch.rejectBlock(state.offset, `the block ${block.reason}`)
      state = afterDamage(state, block)
    } else {
      state = readRecords(open, block, state, batch)
    }
  }
  return batch.answer(state, "more")
}

const startOf = ({ length, sync }: Header): Position => ({ offset: length, place: 0, sync: hexOf(sync) })

const afterDamage = ({ offset, place, sync }: Position, { end }: Damage): Position => {
  const next = { offset: end ?? offset, place, ...(sync === undefined ? {} : { sync }) }
  return end === undefined ? { ...next, isSeeking: true } : next
}

function* openFile(position: Position | undefined, read: ContainerRead) {
  const known = position === undefined ? undefined : keptFile(read.config, read.path)
  const open = known ?? (yield* freshFile(read))
  if (position?.sync !== undefined && position.sync !== hexOf(open.header.sync)) {
    throw new FileFormatError({
      file: read.file,
      message: `${read.file} is another file than the one that was being read: put that one back, or rename this one`
    })
  }
  keepFile(read.config, open)
  return open
}

function* freshFile({ config, input, path, file }: ContainerRead) {
  const window = new FileWindow(input, path)
  const container = new ContainerReader()
  const start = yield* window.at(0, maxHeaderBytes)
  try {
    const header = container.header(start)
    const contract = contractOf(config)
    const output = "output" in contract ? contract.output : undefined
    const reader = datumReader(header.schema, readerSchema(config, output, header.schema))
    const open: OpenFile = { path, window, container, header, reader, block: undefined }
    return open
  } catch (error) {
    if (error instanceof FileFormatError) {
      throw new FileFormatError({ file, message: `${file}: ${error.message}` })
    }
    if (!(error instanceof CodecError)) throw error
    const message = `${file}: its records cannot be read as the node's schema says: ${error.message}`
    throw new FileFormatError({ file, message })
  }
}

/** The block at a position, records that were read before stepped over; undefined at the file's end. */
function* blockAt(open: OpenFile, { offset, within = 0 }: Position) {
  const { block: known } = open
  if (known !== undefined && known.offset === offset && known.done === within) return known
  const loaded = yield* loadBlock(open, offset)
  if (loaded === undefined || loaded instanceof Damage) return loaded
  for (; loaded.done < within; loaded.done++) {
    loaded.at = open.reader.skipNext(loaded.data, loaded.at, loaded.data.length)
  }
  open.block = loaded
  return loaded
}

function* loadBlock({ window, container, header }: OpenFile, offset: number) {
  const start = yield* window.at(offset, longestHead)
  if (start.length === 0) return undefined
  const head = container.blockHead(start)
  if (head === undefined) return new Damage("has no sensible count and size")
  const { count, size } = head
  const whole = yield* window.at(offset, head.length + size + syncBytes)
  if (whole.length < head.length + size + syncBytes) return new Damage("is cut off by the file's end")
  if (!isSync(whole, head.length + size, header.sync)) return new Damage("does not end with the sync marker")
  const end = offset + whole.length
  const stored = whole.subarray(head.length, head.length + size)
  const data = header.codec === "null" ? stored.slice() : inflate(stored, maxBlockBytes)
  if (data instanceof InflateFault) return new Damage(data.reason, end)
  if (isTooMany(count, data.length)) return new Damage(`says it has ${count} records`, end)
  const block: Block = { offset, end, count, data, done: 0, at: 0 }
  return block
}

/** Reads records of a block until it or the batch is full; answers where to go on. */
const readRecords = (open: OpenFile, block: Block, state: Position, batch: RecordBatch): Position => {
  const { data, count } = block
  const before = block.done
  while (block.done < count && !batch.isFull) {
    readRecord(open.reader, block, batch)
  }
  const base = {
    place: state.place + block.done - before,
    ...(state.sync === undefined ? {} : { sync: state.sync })
  }
  if (block.done < count) return { ...base, offset: block.offset, within: block.done }
  if (block.at < data.length) {
    batch.rejectBlock(block.offset, `the block has ${data.length - block.at} bytes after its last record`)
  }
  open.block = undefined
  return { ...base, offset: block.end }
}

/** Reads the record in hand, or rejects it: alone where its end can be found, else with the rest of its block. */
const readRecord = (reader: DatumReader, block: Block, batch: RecordBatch): void => {
  const { data, at, done, count, offset } = block
  try {
    const { value, end } = reader.readNext(data, at, data.length)
    block.at = end
    block.done += 1
    batch.add(value, end - at)
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error
    const end = endOf(reader, block)
    block.at = end ?? data.length
    block.done = end === undefined ? count : done + 1
    const lost = `; the ${count - done} records from here to its block's end are lost`
    const reason = end === undefined ? `${error.message}${lost}` : error.message
    batch.reject(`${offset}[${done}]`, reason, data.subarray(at, block.at))
  }
}

const endOf = (reader: DatumReader, { data, at }: Block): number | undefined => {
  try {
    return reader.skipNext(data, at, data.length)
  } catch (error) {
    if (error instanceof CodecFault) return undefined
    throw error
  }
}

/** Goes after the next sync marker, or as far as one read may look. */
function* seek({ window, header }: OpenFile, state: Position) {
  const { offset, place, sync } = state
  const bytes = yield* window.at(offset, seekBytes)
  const found = afterSync(bytes, header.sync, 0)
  const base = { place, ...(sync === undefined ? {} : { sync }) }
  if (found !== undefined) return { ...base, offset: offset + found }
  if (bytes.length < seekBytes) return { ...base, offset: offset + bytes.length }
  return { ...base, offset: offset + bytes.length - syncBytes + 1, isSeeking: true }
}
