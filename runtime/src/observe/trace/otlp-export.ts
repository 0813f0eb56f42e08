import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { TraceLog } from "../../worker/trace/trace-log.ts"
import { otlpJson } from "./otlp-json.ts"

/** Where spans are sent, by OpenTelemetry's own settings. */
export interface OtlpTarget {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
}

const every = "5 seconds"
const timeout = "10 seconds"

/**
 * The target that the environment names: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, else `OTEL_EXPORTER_OTLP_ENDPOINT` with `/v1/traces`;
 * headers of `OTEL_EXPORTER_OTLP_HEADERS` (`name=value,…`, percent-encoded). Undefined: nothing is exported.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export const otlpTarget = (environment: {
  readonly [name: string]: string | undefined
}): OtlpTarget | undefined => {
  const base = environment["OTEL_EXPORTER_OTLP_ENDPOINT"]
  const url =
    environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ??
    (base === undefined ? undefined : `${base.replace(/\/+$/, "")}/v1/traces`)
  if (url === undefined || !URL.canParse(url)) return undefined
  const headers = Object.fromEntries(
    (environment["OTEL_EXPORTER_OTLP_HEADERS"] ?? "").split(",").flatMap((pair) => {
      const at = pair.indexOf("=")
      return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const]
    })
  )
  return { url, headers }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Sends what was noted every five seconds, for ever; what cannot be sent is kept for the next time, as far as there is room. */
export const exportTraces = (log: TraceLog, target: OtlpTarget, version: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    log.startExport()
    const once = Effect.gen(function* () {
      const spans = log.takeUnexported()
      if (spans.length === 0) return
      yield* send(target, otlpJson(spans, version)).pipe(
        Effect.tapError(() => Effect.sync(() => log.giveBack(spans))),
        Effect.catch((reason) => Effect.logWarning("traces could not be exported", reason))
      )
    })
    yield* Effect.asVoid(Effect.repeat(once, Schedule.spaced(every)))
  })

/** Fails with why, without the target's headers, which may hold secrets. */
const send = ({ headers, url }: OtlpTarget, body: string): Effect.Effect<void, string> =>
  Effect.tryPromise({
    try: async (signal) => {
      const reply = await fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body,
        signal
      })
      await reply.body?.cancel()
      if (!reply.ok) throw new Error(`the collector answered ${reply.status}`)
    },
    catch: (error) => (error instanceof Error ? error.message : "no connection")
  }).pipe(Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail("no answer in time") }))
