import { type AvroType, parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileMapKey, compileValue, toJsonValue } from "@millrace/sdk/codec"
import type { KeptEntry, NodeState } from "../../transport/transport.ts"
import { base64 } from "../bytes-text.ts"
import { maskSensitive } from "../sensitive.ts"

/** An entry of a state, decoded for people, sensitive fields masked. */
export interface ShownEntry {
  readonly mapKey?: unknown
  readonly value: unknown
  /** ms since 1970. */
  readonly expires?: number
}

export interface EntryReader {
  readonly state: string
  readonly kind: string
  readonly read: (entry: KeptEntry) => ShownEntry
}

/** Readers of a node's states, by slot. */
export const entryReaders = (kept: NodeState): ReadonlyMap<number, EntryReader> =>
  new Map(kept.states.map((state) => [state.slot, readerOf(state)]))

const readerOf = ({ kind, mapKey, name, schema }: NodeState["states"][number]): EntryReader => {
  const type = parseAvroOrThrow(schema)
  const codec = compileValue(type)
  const keys = mapKey === undefined ? undefined : parseAvroOrThrow(mapKey)
  const keyCodec = keys === undefined ? undefined : compileMapKey(keys)
  return {
    state: name,
    kind,
    read: (entry) => ({
      ...(keys === undefined || keyCodec === undefined || entry.mapKey === undefined
        ? {}
        : { mapKey: shown(keys, entry.mapKey, (bytes) => keyCodec.fromKey(bytes)) }),
      value: shown(type, entry.value, (bytes) => codec.read(bytes, 0, bytes.length)),
      ...(entry.expiry === 0 ? {} : { expires: entry.expiry })
    })
  }
}

const shown = (type: AvroType, bytes: Uint8Array, read: (bytes: Uint8Array) => unknown): unknown => {
  // What is kept was written by a guest: it may not be what its schema says.
  try {
    return maskSensitive(type, toJsonValue(type, read(bytes)))
  } catch {
    return { "millrace.undecodable": base64(bytes) }
  }
}
