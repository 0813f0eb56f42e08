import type { TraceSpan } from "../../worker/trace/trace-log.ts"

const errorStatus = 2
const kindConsumer = 5

type Attribute = readonly [key: string, value: string | number]

/** Spans as OTLP/HTTP in JSON has them (https://opentelemetry.io/docs/specs/otlp/, ExportTraceServiceRequest). */
export const otlpJson = (spans: readonly TraceSpan[], version: string): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: attributesOf([
            ["service.name", "millrace"],
            ["service.version", version]
          ])
        },
        scopeSpans: [{ scope: { name: "millrace", version }, spans: spans.map(spanOf) }]
      }
    ]
  })

const spanOf = (span: TraceSpan) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentId === undefined ? {} : { parentSpanId: span.parentId }),
  name: `${span.pipeline}/${span.node}`,
  kind: kindConsumer,
  startTimeUnixNano: nanos(span.beganAt),
  endTimeUnixNano: nanos(span.endedAt),
  attributes: attributesOf([
    ["millrace.pipeline", span.pipeline],
    ["millrace.node", span.node],
    ["millrace.plugin", span.plugin],
    ["millrace.partition", span.partition],
    ["millrace.outcome", span.outcome],
    ["millrace.records_out", span.out]
  ]),
  ...(span.outcome === "failed" ? { status: { code: errorStatus } } : {})
})

/** 64-bit numbers are text in OTLP's JSON. */
const nanos = (ms: number): string => (BigInt(Math.round(ms)) * 1_000_000n).toString()

const attributesOf = (attributes: readonly Attribute[]) =>
  attributes.map(([key, value]) => ({
    key,
    value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) }
  }))
