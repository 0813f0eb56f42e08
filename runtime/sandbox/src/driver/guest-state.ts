import { decodeTimer, FrameFault, processingTimers, StateEntryCursor } from "@millrace/sdk/record"
import type { NodeSpec, SegmentSpec } from "../segment.ts"

/** The segment's first node has keyed state or timers. */
export function keepsState({ nodes }: SegmentSpec): boolean {
  const [head] = nodes
  return head !== undefined && (head.state.length > 0 || head.timers === true)
}

/** Walks the state entries that a guest gave: of its node's states and timers, and sound. Throws a FrameFault. */
export function checkGuestState(node: NodeSpec, entries: Uint8Array): void {
  const cursor = new StateEntryCursor(entries)
  while (cursor.next()) {
    if (cursor.operation === "absent") throw new FrameFault("BAD_VALUE", cursor.start, "an answer, no change")
    if (cursor.state < node.state.length) continue
    const isTimer = node.timers === true && cursor.state >= processingTimers && cursor.keyStart < 0
    const mapKey = isTimer ? cursor.mapKey() : undefined
    if (mapKey === undefined) throw new FrameFault("BAD_VALUE", cursor.start, "no state of the node")
    if (cursor.operation === "put") decodeTimer(mapKey, cursor.value())
  }
}
