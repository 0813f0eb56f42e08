/** What a node asked of the worker through one kind of operation. */
export interface CallMeter {
  readonly pipeline: string
  readonly node: string
  readonly operation: string
  calls: number
  seconds: number
}

/** Requests of plugins that the worker served, or refused, since it started: how many, and how long it took. */
export class CallMeters {
  private readonly meters = new Map<string, CallMeter>()

  /** `operation`: one that the worker knows; a guest cannot make up names, for others are counted as `other`. */
  add(pipeline: string, node: string, operation: string, seconds: number): void {
    const kind = operations.has(operation) ? operation : "other"
    const name = JSON.stringify([pipeline, node, kind])
    const meter = this.meters.get(name) ?? { pipeline, node, operation: kind, calls: 0, seconds: 0 }
    meter.calls += 1
    meter.seconds += seconds
    this.meters.set(name, meter)
  }

  all(): readonly CallMeter[] {
    return [...this.meters.values()]
  }
}

const operations: ReadonlySet<string> = new Set([
  "request",
  "reveal",
  "env",
  "now",
  "bytes",
  "take",
  "stat",
  "list",
  "read",
  "writeAt",
  "rename",
  "remove",
  "sync"
])
