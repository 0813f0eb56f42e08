import { type FailedRecord, parseAvro, plainJson } from "@millrace/sdk"
import { containerBlocks, containerMark } from "../avro/write-container.ts"
import type { SinkConfig } from "./config.ts"

/** Where a batch's bytes go: 0 bytes so far is the beginning of a file. */
export interface EncodePlace {
  readonly partition: number
  readonly sequence: number
  readonly length: number
}

/** How batches become the bytes of files. */
export interface Encoder {
  /** Files whose bytes begin alike have the same; undefined where a file has no beginning of its own. */
  readonly mark: string | undefined
  /** Tombstones (null) are passed over. */
  readonly encode: (
    batch: readonly { readonly value: unknown }[],
    place: EncodePlace
  ) => { readonly bytes: Uint8Array; readonly failed: readonly FailedRecord[] }
}

/** `schema`: of the values, as JSON text. */
export const encoderOf = ({ format, codec = "null" }: SinkConfig, schema: string): Encoder => {
  if (format === "avro") return { mark: containerMark(schema, codec), encode: containerBlocks(schema, codec) }
  const parsed = parseAvro(schema)
  const toJson = "ok" in parsed ? plainJson(parsed.ok) : (value: unknown) => value
  const toLine = (value: unknown) => `${JSON.stringify(toJson(value))}\n`
  return {
    mark: undefined,
    encode: (batch) => {
      const lines = batch.flatMap(({ value }) => (value === null ? [] : [toLine(value)]))
      return { bytes: new TextEncoder().encode(lines.join("")), failed: [] }
    }
  }
}
