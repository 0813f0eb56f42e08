/** Keys of the embedded store (docs/formats/commit.md): big-endian, so that byte order is number order. */

export function logKey(topicId: number, partition: number, baseOffset: bigint): Buffer {
  const key = Buffer.allocUnsafe(14)
  key.writeUInt32BE(topicId, 0)
  key.writeUInt16BE(partition, 4)
  key.writeBigUInt64BE(baseOffset, 6)
  return key
}

export function baseOffsetOf(key: Buffer): bigint {
  return key.readBigUInt64BE(6)
}

export function taskKey(nodeId: number, partition: number): Buffer {
  const key = Buffer.allocUnsafe(6)
  key.writeUInt32BE(nodeId, 0)
  key.writeUInt16BE(partition, 4)
  return key
}

export function deltaKey(nodeId: number, partition: number, sequence: number): Buffer {
  const key = Buffer.allocUnsafe(14)
  key.writeUInt32BE(nodeId, 0)
  key.writeUInt16BE(partition, 4)
  key.writeBigUInt64BE(BigInt(sequence), 6)
  return key
}

export function sequenceOf(key: Buffer): number {
  return Number(key.readBigUInt64BE(6))
}

/** First key that begins with none of the keys under `prefix`; undefined when there is none (all 0xFF). */
export function afterPrefix(prefix: Uint8Array): Buffer | undefined {
  const end = Buffer.from(prefix)
  for (let at = end.length - 1; at >= 0; at--) {
    const byte = end[at] ?? 0
    if (byte === 0xff) continue
    end[at] = byte + 1
    return end.subarray(0, at + 1)
  }
  return undefined
}

export function idPrefix(id: number): Buffer {
  const key = Buffer.allocUnsafe(4)
  key.writeUInt32BE(id, 0)
  return key
}
