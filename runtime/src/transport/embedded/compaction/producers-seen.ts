import { BatchCursor, noWatermark, openBatch } from "@millrace/sdk/record"

/** What a frame says of its producing task beside its records, by name: what a newer frame of the task says takes its place. */
function saidBy(frame: Uint8Array): readonly string[] {
  const { hasControl, partition, producer, watermark } = openBatch(frame)
  const task = `${producer}/${partition}`
  const said = watermark === noWatermark ? [] : [`${task} watermark`]
  return hasControl && !saysEnd(frame) ? [...said, `${task} control`] : said
}

/** An end of input is said once, and for whoever comes later too. */
function saysEnd(frame: Uint8Array): boolean {
  const cursor = new BatchCursor(frame)
  while (cursor.next()) if (cursor.control === "end") return true
  return false
}

/** Where the event time of a partition was told last: what a reader needs of frames whose records are gone. */
export class ProducersSeen {
  private readonly newest = new Map<string, bigint>()

  /** Frames come in ascending order. */
  note(frame: Uint8Array, base: bigint): void {
    for (const said of saidBy(frame)) this.newest.set(said, base)
  }

  /** All that the frame says was said again later. */
  isSuperseded(frame: Uint8Array, base: bigint): boolean {
    if (saysEnd(frame)) return false
    return saidBy(frame).every((said) => (this.newest.get(said) ?? 0n) > base)
  }
}
