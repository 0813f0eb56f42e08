import {
  type AvroType,
  type ByteSink,
  CodecFault,
  datumReader,
  type DatumReader,
  datumWriter,
  parseAvro
} from "@millrace/sdk"
import { FileFormatError } from "../format/cut.ts"

/**
 * Avro's object container files (Avro 1.12 §Object Container Files): a header with the schema, then blocks of records, each
 * closed by the file's sync marker.
 */
export const codecs = ["null", "deflate"] as const
export type Codec = (typeof codecs)[number]

export const syncBytes = 16

/** A header that is larger is refused. */
export const maxHeaderBytes = 1024 * 1024

/** A block that is larger, as it stands in the file or inflated, is rejected. */
export const maxBlockBytes = 16 * 1024 * 1024

/** Records of a block that take no bytes at all. */
const maxEmptyRecords = 1_000_000

export interface Header {
  readonly schema: AvroType
  readonly codec: Codec
  readonly sync: Uint8Array
  /** Where the first block begins. */
  readonly length: number
}

/** What stands before a block's bytes. */
export interface BlockHead {
  readonly count: number
  /** Bytes in the file, without head and marker. */
  readonly size: number
  /** Bytes of the head itself. */
  readonly length: number
}

const magic = [0x4f, 0x62, 0x6a, 1]
const long: AvroType = { kind: "long", attributes: {} }
const metadata: AvroType = { kind: "map", values: { kind: "bytes", attributes: {} }, attributes: {} }

/** Reads the parts of a container that are not its records. */
export class ContainerReader {
  readonly #long: DatumReader = datumReader(long, long)
  readonly #metadata: DatumReader = datumReader(metadata, metadata)

  /** `bytes` from the beginning of the file, `maxHeaderBytes` where it has them. Throws a {@link FileFormatError}. */
  header(bytes: Uint8Array): Header {
    if (magic.some((byte, index) => bytes[index] !== byte)) {
      throw notContainer(
        "it does not begin as an Avro container file does (Obj 1): correct the node's format"
      )
    }
    const { value, end } = this.#headerPart(bytes)
    if (end + syncBytes > bytes.length) throw notContainer("it ends inside its header")
    const entry = (name: string): string | undefined => textIn(value, name)
    const codec = entry("avro.codec") ?? "null"
    const known = codecs.find((name) => name === codec)
    if (known === undefined) {
      const remedy = "write it with the codec null or deflate"
      throw notContainer(`its blocks are compressed with ${JSON.stringify(codec.slice(0, 40))}: ${remedy}`)
    }
    const schema = parseAvro(entry("avro.schema") ?? "")
    if ("error" in schema) throw notContainer(`its schema cannot be read: ${schema.error.message}`)
    return {
      schema: schema.ok,
      codec: known,
      sync: bytes.slice(end, end + syncBytes),
      length: end + syncBytes
    }
  }

  #headerPart(bytes: Uint8Array) {
    try {
      return this.#metadata.readNext(bytes, magic.length, bytes.length)
    } catch (error) {
      if (!(error instanceof CodecFault)) throw error
      const isCut = error.code === "TRUNCATED" && bytes.length < maxHeaderBytes
      throw notContainer(isCut ? "it ends inside its header" : `its header cannot be read: ${error.message}`)
    }
  }

  /** undefined when no block can begin so: negative or larger than may be. */
  blockHead(bytes: Uint8Array): BlockHead | undefined {
    try {
      const count = this.#long.readNext(bytes, 0, bytes.length)
      const size = this.#long.readNext(bytes, count.end, bytes.length)
      const { value: records } = count
      const { value: length } = size
      if (typeof records !== "number" || typeof length !== "number") return undefined
      if (records < 0 || length < 0 || length > maxBlockBytes) return undefined
      return { count: records, size: length, length: size.end }
    } catch (error) {
      if (error instanceof CodecFault) return undefined
      throw error
    }
  }
}

/** More records than a block of so many (inflated) bytes may say that it has. */
export const isTooMany = (count: number, dataBytes: number): boolean =>
  count > Math.max(dataBytes, maxEmptyRecords)

const notContainer = (message: string): FileFormatError => new FileFormatError({ file: "", message })

const decoder = new TextDecoder("utf-8", { fatal: true })

const textIn = (map: unknown, name: string): string | undefined => {
  const value: unknown = typeof map === "object" && map !== null ? Reflect.get(map, name) : undefined
  if (!(value instanceof Uint8Array)) return undefined
  try {
    return decoder.decode(value)
  } catch {
    throw notContainer(`${name} in its header is not UTF-8`)
  }
}

/** Writes the parts of a container that are not its records. */
export class ContainerWriter {
  readonly #long = datumWriter(long)
  readonly #metadata = datumWriter(metadata)

  /** `schema`: JSON text. */
  header(to: ByteSink, schema: string, codec: string, sync: Uint8Array): void {
    const encoder = new TextEncoder()
    for (const byte of magic) to.byte(byte)
    this.#metadata.write({ "avro.codec": encoder.encode(codec), "avro.schema": encoder.encode(schema) }, to)
    to.copy(sync, 0, syncBytes)
  }

  block(to: ByteSink, count: number, data: Uint8Array, sync: Uint8Array): void {
    this.#long.write(count, to)
    this.#long.write(data.length, to)
    to.copy(data, 0, data.length)
    to.copy(sync, 0, syncBytes)
  }
}

/** Where a marker ends in bytes, searched from `from` on; undefined when it is not in them. */
export const afterSync = (bytes: Uint8Array, sync: Uint8Array, from: number): number | undefined => {
  const first = sync[0] ?? 0
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + syncBytes > bytes.length) return undefined
    if (isSync(bytes, at, sync)) return at + syncBytes
  }
  return undefined
}

export const isSync = (bytes: Uint8Array, at: number, sync: Uint8Array): boolean =>
  sync.every((byte, index) => bytes[at + index] === byte)

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
