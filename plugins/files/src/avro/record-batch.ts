import type { Rejected, SourceRecord } from "@millrace/sdk"
import type { Position } from "../format/position.ts"
import type { SourceConfig } from "../source/config.ts"
import { hexOf } from "./container.ts"
import { toSourceRecord } from "./resolved-schema.ts"

/** Shown of a rejected record. */
const rawBytes = 4_096

/** What one read of a container file gathers. */
export class RecordBatch {
  readonly #records: SourceRecord<unknown>[] = []
  readonly #rejected: Rejected[] = []
  readonly #limits: { readonly file: string; readonly maxRecords: number; readonly maxBytes: number }
  readonly #toRecord: (value: unknown) => SourceRecord<unknown>
  #bytes = 0

  constructor(read: {
    readonly config: SourceConfig
    readonly file: string
    readonly maxRecords: number
    readonly maxBytes: number
  }) {
    this.#limits = read
    this.#toRecord = toSourceRecord(read.config)
  }

  get isFull(): boolean {
    return (
      this.#records.length + this.#rejected.length >= this.#limits.maxRecords ||
      this.#bytes >= this.#limits.maxBytes
    )
  }

  /** `bytes`: what it takes in the file. */
  add(value: unknown, bytes: number): void {
    this.#records.push(this.#toRecord(value))
    this.#bytes += bytes
  }

  /** `place`: `<byte of its block>[<number in it>]`; `bytes` are shown in hexadecimal digits. */
  reject(place: string, reason: string, bytes: Uint8Array): void {
    const raw = hexOf(bytes.subarray(0, rawBytes))
    this.#rejected.push({ at: `${this.#limits.file}@${place}`, reason, raw })
    this.#bytes += raw.length
  }

  rejectBlock(offset: number, reason: string): void {
    this.reject(String(offset), reason, new Uint8Array())
  }

  answer(position: Position, next: "more" | "end") {
    return { records: this.#records, rejected: this.#rejected, position, next }
  }
}
