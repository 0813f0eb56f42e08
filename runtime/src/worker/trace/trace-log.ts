import { createHash, randomBytes } from "node:crypto"

/** What became of a record of a trace at one node, in one batch. */
export interface TraceSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits; the same when the batch is run again. */
  readonly spanId: string
  /** The span that the record was given by its source, or by who sent it; undefined for that span itself. */
  readonly parentId: string | undefined
  readonly pipeline: string
  readonly node: string
  readonly plugin: string
  readonly partition: number
  /** When its batch was begun, and when what was made of it was durable; ms since 1970. */
  readonly beganAt: number
  readonly endedAt: number
  readonly outcome: "handled" | "filtered" | "failed"
  /** Records that it gave. */
  readonly out: number
}

export interface TraceLogOptions {
  /** Each task of a source begins a trace at most this often; Infinity: never. */
  readonly everyMs: number
}

const mostTraces = 1_000
const mostSpans = 200
const mostUnexported = 10_000

/** Sampled records, followed from node to node by a header that they carry; the newest thousand traces, in memory. */
export class TraceLog {
  private readonly traces = new Map<string, TraceSpan[]>()
  private readonly begunAt = new Map<string, number>()
  private unexported: TraceSpan[] = []
  private isExported = false
  private readonly options: TraceLogOptions

  constructor(options: TraceLogOptions) {
    this.options = options
  }

  /** The header of a record that begins a trace now (version 00 of the W3C's Trace Context); undefined when none is due. `task`: whose it is. */
  begin(task: string, now: number): string | undefined {
    const last = this.begunAt.get(task)
    if (last !== undefined && now - last < this.options.everyMs) return undefined
    if (!Number.isFinite(this.options.everyMs)) return undefined
    this.begunAt.set(task, now)
    return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`
  }

  /** `isBegin`: the span that the header names is this one. */
  note(
    traceparent: string,
    isBegin: boolean,
    span: Omit<TraceSpan, "traceId" | "spanId" | "parentId">
  ): void {
    const [, traceId = "", headerId = ""] = traceparent.split("-")
    const spanId = isBegin ? headerId : spanIdOf(traceparent, span)
    const noted: TraceSpan = { ...span, traceId, spanId, parentId: isBegin ? undefined : headerId }
    const known = this.traces.get(traceId)
    if (known === undefined) {
      this.traces.set(traceId, [noted])
      this.forgetOldest()
    } else if (known.length < mostSpans) known.push(noted)
    if (this.isExported && this.unexported.length < mostUnexported) this.unexported.push(noted)
  }

  private forgetOldest(): void {
    if (this.traces.size <= mostTraces) return
    const [oldest] = this.traces.keys()
    if (oldest !== undefined) this.traces.delete(oldest)
  }

  /** A trace's spans in the order of time; empty for one that is not known, or not any more. */
  spans(traceId: string): readonly TraceSpan[] {
    return (this.traces.get(traceId) ?? []).toSorted((a, b) => a.beganAt - b.beganAt || a.endedAt - b.endedAt)
  }

  /** Ids of traces that a pipeline, or any, had a part in; the newest first. */
  ids(pipeline: string | undefined): readonly string[] {
    return [...this.traces]
      .filter(([, spans]) => pipeline === undefined || spans.some((span) => span.pipeline === pipeline))
      .map(([traceId]) => traceId)
      .toReversed()
  }

  /** From now on spans are kept for {@link takeUnexported} too. */
  startExport(): void {
    this.isExported = true
  }

  takeUnexported(): readonly TraceSpan[] {
    const taken = this.unexported
    this.unexported = []
    return taken
  }

  /** Of spans that could not be exported; what is too much is dropped. */
  giveBack(spans: readonly TraceSpan[]): void {
    this.unexported = [...spans, ...this.unexported].slice(0, mostUnexported)
  }
}

const spanIdOf = (
  traceparent: string,
  { beganAt, node, partition, pipeline }: Pick<TraceSpan, "beganAt" | "node" | "partition" | "pipeline">
): string =>
  createHash("sha256")
    .update(JSON.stringify([traceparent, pipeline, node, partition, beganAt]))
    .digest("hex")
    .slice(0, 16)
