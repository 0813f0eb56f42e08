import type { RecordView } from "@millrace/sdk/api"
import { type AvroType, parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileValue, toJsonValue, type ValueCodec } from "@millrace/sdk/codec"
import { BatchCursor } from "@millrace/sdk/record"
import { base64, bytesText } from "./bytes-text.ts"
import { maskSensitive } from "./sensitive.ts"

/** Decodes the records of frames for people. Keeps a codec per writer schema. */
export interface RecordViewer {
  /** The records of a frame from `offset` on, at most `limit`. `schema` is the text that the frame's hash names. */
  readonly view: (place: FramePlace, frame: Uint8Array, schema: string) => readonly RecordView[]
}

export interface FramePlace {
  readonly topic: string
  readonly partition: number
  readonly baseOffset: bigint
  /** Records before it are left out. */
  readonly from: bigint
  readonly limit: number
}

export const makeRecordViewer = (): RecordViewer => {
  const codecs = new Map<string, { readonly type: AvroType; readonly codec: ValueCodec }>()
  const codecOf = (schema: string) => {
    const known = codecs.get(schema)
    if (known !== undefined) return known
    const type = parseAvroOrThrow(schema)
    const made = { type, codec: compileValue(type) }
    codecs.set(schema, made)
    return made
  }
  const valueOf = (cursor: BatchCursor, schema: string): unknown => {
    if (cursor.isTombstone || cursor.isControl) return null
    const { codec, type } = codecOf(schema)
    // What is in the log was written by a guest: it may not be what its schema says.
    try {
      const value = codec.read(cursor.frame, cursor.valueStart, cursor.valueEnd)
      return maskSensitive(type, toJsonValue(type, value))
    } catch {
      return { "millrace.undecodable": base64(cursor.frame.subarray(cursor.valueStart, cursor.valueEnd)) }
    }
  }
  return {
    view: (place, frame, schema) => {
      const cursor = new BatchCursor(frame)
      const views: RecordView[] = []
      while (views.length < place.limit && cursor.next()) {
        const offset = place.baseOffset + BigInt(cursor.index)
        if (offset < place.from) continue
        views.push({
          topic: place.topic,
          partition: place.partition,
          offset: String(offset),
          timestamp: cursor.timestamp,
          key: keyText(cursor.key()),
          headers: Object.fromEntries(cursor.headers().map(([name, value]) => [name, bytesText(value)])),
          value: valueOf(cursor, schema),
          ...(cursor.control === undefined ? {} : { control: cursor.control }),
          schema: schemaName(codecOf(schema).type)
        })
      }
      return views
    }
  }
}

const schemaName = (type: AvroType): string => ("name" in type ? type.name : type.kind)

const keyText = (key: Uint8Array | null): string | null => (key === null ? null : bytesText(key))
