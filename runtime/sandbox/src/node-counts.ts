import type { NodeCounts } from "./segment.ts"

/** Of a node that has seen nothing. */
export function emptyCounts(node: string): NodeCounts {
  return {
    node,
    recordsIn: 0,
    recordsOut: 0,
    handled: 0,
    filtered: 0,
    failed: 0,
    late: 0,
    cpuMicros: 0,
    bytesIn: 0,
    bytesOut: 0
  }
}

/** Both are of one node. */
export function addCounts(a: NodeCounts, b: NodeCounts): NodeCounts {
  return {
    node: a.node,
    recordsIn: a.recordsIn + b.recordsIn,
    recordsOut: a.recordsOut + b.recordsOut,
    handled: a.handled + b.handled,
    filtered: a.filtered + b.filtered,
    failed: a.failed + b.failed,
    late: a.late + b.late,
    cpuMicros: a.cpuMicros + b.cpuMicros,
    bytesIn: a.bytesIn + b.bytesIn,
    bytesOut: a.bytesOut + b.bytesOut
  }
}
