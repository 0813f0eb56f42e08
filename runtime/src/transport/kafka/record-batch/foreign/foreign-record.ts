/** A record of a topic that is not Millrace's: as Kafka has it. */
export interface ForeignRecord {
  readonly offset: bigint
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  /** null: a tombstone. */
  readonly value: Uint8Array | null
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[]
}
