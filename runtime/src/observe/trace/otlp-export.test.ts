import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { TraceLog } from "../../worker/trace/trace-log.ts"
import { exportTraces, otlpTarget } from "./otlp-export.ts"

const span = (node: string) => ({
  pipeline: "p",
  node,
  plugin: "@a/b",
  partition: 2,
  beganAt: 1_700_000_000_123,
  endedAt: 1_700_000_000_456,
  outcome: "failed" as const,
  out: 0
})

describe("the export of traces", () => {
  it("goes where OpenTelemetry's settings say, or nowhere", () => {
    assert.isUndefined(otlpTarget({}))
    assert.isUndefined(otlpTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: "no address" }))
    assert.deepEqual(
      otlpTarget({
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/",
        OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b, other=c=d"
      }),
      { url: "http://collector:4318/v1/traces", headers: { "api-key": "a b", other: "c=d" } }
    )
    assert.strictEqual(
      otlpTarget({
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://t/x",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://b"
      })?.url,
      "http://t/x"
    )
  })

  it("sends spans as OTLP has them", async () => {
    const bodies: string[] = []
    const server = createServer((request, response) => {
      request.setEncoding("utf8").on("data", (text: string) => bodies.push(text))
      request.on("end", () => response.end("{}"))
    })
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
    const address = server.address() as AddressInfo
    const log = new TraceLog({ everyMs: 0 })
    log.startExport()
    const traceparent = log.begin("t", 0) ?? ""
    log.note(traceparent, true, span("first"))
    const run = Effect.runFork(
      exportTraces(log, { url: `http://127.0.0.1:${address.port}/v1/traces`, headers: {} }, "1.2.3")
    )
    while (bodies.length === 0) await new Promise((done) => setImmediate(done))
    run.interruptUnsafe()
    server.close()
    const body = JSON.parse(bodies.join(""))
    const [sent] = body.resourceSpans[0].scopeSpans[0].spans
    assert.strictEqual(`00-${sent.traceId}-${sent.spanId}-01`, traceparent)
    assert.strictEqual(sent.name, "p/first")
    assert.strictEqual(sent.startTimeUnixNano, "1700000000123000000")
    assert.deepEqual(sent.status, { code: 2 })
    assert.deepInclude(sent.attributes, { key: "millrace.partition", value: { intValue: "2" } })
  })
})
