import { parseAvroOrThrow } from "../avro/parse/parse.ts"
import type { AvroType } from "../avro/type.ts"
import { type DatumReader, datumReader } from "../codec/datum/datum.ts"
import { BatchCursor } from "../record/batch-cursor.ts"
import { textOfKey } from "../record/key.ts"

/** An event that was posted. */
export interface InboxEvent {
  readonly id: string
  /** When it was made durable, ms since 1970, by the worker's clock. */
  readonly receivedAt: number
  /** As the node's contract has it; an event that an earlier contract took in is resolved to it. */
  readonly value: unknown
}

/** An event that was taken in under an earlier contract, and cannot be resolved to the one now. */
export interface Unresolved {
  readonly id: string
  readonly receivedAt: number
  readonly reason: string
}

/** What a `take` answered. */
export interface Arrived {
  readonly events: readonly InboxEvent[]
  /** To be made dead letters: their senders were told that they are kept. */
  readonly unresolved: readonly Unresolved[]
  /** The place after them: the next call's `after`. */
  readonly next: string
  /** There is more to take at once. */
  readonly more: boolean
}

/** Reads frames of the inbox. Keeps schemas and readers; what a killed guest forgets, the worker tells again. */
export class InboxReader {
  #contract: AvroType | undefined
  readonly #schemas = new Map<string, AvroType>()
  readonly #readers = new Map<string, DatumReader | string>()

  /** Hashes of the writer schemas that need not be told; empty until the contract is known, which then comes too. */
  known(): readonly string[] {
    return this.#contract === undefined ? [] : [...this.#schemas.keys()]
  }

  /** Throws an Error for an answer that is none. */
  read(result: unknown, bytes: Uint8Array | undefined): Arrived {
    const { contract, more, next, schema }: { readonly [name: string]: unknown } = { ...Object(result) }
    if (typeof next !== "string" || typeof more !== "boolean")
      throw new Error("the worker's answer has no place")
    if (typeof contract === "string") this.#contract = parseAvroOrThrow(contract)
    if (bytes === undefined || bytes.length === 0) return { events: [], unresolved: [], next, more }
    const cursor = new BatchCursor(bytes)
    const hash = hexOf(cursor.header.schemaHash)
    if (typeof schema === "string") this.#schemas.set(hash, parseAvroOrThrow(schema))
    return { ...this.#events(cursor, this.#reader(hash)), next, more }
  }

  #reader(hash: string): DatumReader | string {
    const made = this.#readers.get(hash)
    if (made !== undefined) return made
    const writer = this.#schemas.get(hash)
    if (writer === undefined || this.#contract === undefined) throw new Error("the worker told no schema")
    const reader = readerOf(writer, this.#contract)
    this.#readers.set(hash, reader)
    return reader
  }

  #events(cursor: BatchCursor, reader: DatumReader | string): Pick<Arrived, "events" | "unresolved"> {
    const events: InboxEvent[] = []
    const unresolved: Unresolved[] = []
    while (cursor.next()) {
      const key = cursor.key()
      const head = { id: key === null ? "" : textOfKey(key), receivedAt: cursor.timestamp }
      try {
        if (typeof reader === "string") throw new Error(reader)
        events.push({ ...head, value: reader.read(cursor.frame, cursor.valueStart, cursor.valueEnd) })
      } catch (error) {
        unresolved.push({ ...head, reason: error instanceof Error ? error.message : String(error) })
      }
    }
    return { events, unresolved }
  }
}

/** Why there is none, where an earlier contract cannot be resolved to this one. */
const readerOf = (writer: AvroType, contract: AvroType): DatumReader | string => {
  try {
    return datumReader(writer, contract)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
