/** Bytes before a record's Avro: a zero and the schema's id, 32 bits big-endian. (Confluent wire format) */
export const schemaIdLength = 5

/** What `schemaIdAt` answers where no such prefix stands; an id is never negative. */
export const noSchemaId = -1

/** Writes the prefix for an id from 0 to 2^31-1 at a place with room for five bytes. */
export const writeSchemaId = (target: Uint8Array, at: number, id: number): void => {
  target[at] = 0
  target[at + 1] = id >>> 24
  target[at + 2] = id >>> 16
  target[at + 3] = id >>> 8
  target[at + 4] = id
}

/** The prefix for an id, as bytes of their own. */
export const schemaIdPrefix = (id: number): Uint8Array => {
  const prefix = new Uint8Array(schemaIdLength)
  writeSchemaId(prefix, 0, id)
  return prefix
}

/** The id of the prefix at a place; {@link noSchemaId} where the bytes are too few, do not begin with zero, or give a negative id. */
export const schemaIdAt = (bytes: Uint8Array, at: number): number => {
  if (at < 0 || at + schemaIdLength > bytes.length || bytes[at] !== 0) return noSchemaId
  const id = (bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!
  return id < 0 ? noSchemaId : id
}
