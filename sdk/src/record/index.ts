export { BatchCursor } from "./batch-cursor.ts"
export { BatchWriter } from "./batch-writer.ts"
export type { RecordParts } from "./batch-writer.ts"
export { ByteSink, copyBytes, copyWords, wordCopyBytes } from "./byte-sink.ts"
export { checkBatch } from "./check-batch.ts"
export { FrameFault } from "./frame-fault.ts"
export type { FrameFaultCode } from "./frame-fault.ts"
export {
  attributeControl,
  attributeGap,
  attributeHeaders,
  attributeNullKey,
  attributeNullValue,
  attributeWatermark,
  crcOffset,
  crcStart,
  flagControl,
  flagGaps,
  frameHeaderBytes,
  frameMagic,
  maxFrameBytes,
  noWatermark,
  openBatch,
  putInstant,
  putWatermark,
  sealBatch
} from "./frame.ts"
export type { BatchHeader, BatchOrigin, ControlKind } from "./frame.ts"
export { compositeKey, keyOfBigint, keyOfBoolean, keyOfDouble, keyOfLong, keyOfText } from "./key.ts"
export { bigintOfKey, booleanOfKey, doubleOfKey, longOfKey, textOfKey } from "./key.ts"
export { murmur2, partitionOf, partitionOfSpan } from "./murmur2.ts"
export { checkStateEntries, noExpiry, StateEntryCursor, StateEntryWriter } from "./state-entry.ts"
export type { StateOperation } from "./state-entry.ts"
export { decodeStoredKey, encodeStoredKey, isLongPart, maxStoredKeyBytes } from "./stored-key.ts"
export { storedKeyPrefix, storedStatePrefix } from "./stored-key.ts"
export type { DecodedStoredKey, StoredKey, StoredPart } from "./stored-key.ts"
export { decodeStoredValue, encodeStoredValue } from "./stored-value.ts"
export type { StoredValue } from "./stored-value.ts"
export { decodeUtf8, encodeUtf8, isUtf8 } from "./utf8.ts"
export { putVarint, putZigzag, varintSize, zigzagSize } from "./varint.ts"
export {
  decodeTimer,
  encodeTimer,
  eventTimers,
  maxTagBytes,
  processingTimers,
  timerInput,
  timerTimeKey
} from "./timer.ts"
export type { Timer } from "./timer.ts"
