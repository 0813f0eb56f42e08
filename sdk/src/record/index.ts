export { BatchCursor, checkBatch } from "./batch-cursor.ts"
export { BatchWriter } from "./batch-writer.ts"
export type { RecordParts } from "./batch-writer.ts"
export { ByteSink } from "./byte-sink.ts"
export { FrameFault } from "./frame-fault.ts"
export type { FrameFaultCode } from "./frame-fault.ts"
export {
  crcOffset,
  crcStart,
  frameHeaderBytes,
  maxFrameBytes,
  noWatermark,
  openBatch,
  sealBatch
} from "./frame.ts"
export type { BatchHeader, BatchOrigin, ControlKind } from "./frame.ts"
