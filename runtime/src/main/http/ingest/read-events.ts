import type { Json } from "@millrace/sdk/avro"
import { type ApiError, apiError } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { Checked } from "../../../worker/inbox/event-check.ts"
import type { Inbox } from "../../../worker/inbox/inbox.ts"
import { maxEvents } from "./limits.ts"
import { parseJsonText } from "./parse-json-boundary.ts"

/** The kinds of body, by media type. */
export const bodyTypes = ["application/json", "application/x-ndjson", "avro/binary"] as const
export type BodyType = (typeof bodyTypes)[number]

/** The events of a body, each checked by the contract, in the order in which they stand there. */
export const readEvents = (
  inbox: Inbox,
  type: BodyType,
  body: Uint8Array,
  now: number
): Effect.Effect<readonly Checked[], ApiError> => {
  switch (type) {
    case "application/json":
      return Effect.flatMap(textOf(body), (text) => jsonEvents(inbox, text, now))
    case "application/x-ndjson":
      return Effect.flatMap(textOf(body), (text) => lineEvents(inbox, text, now))
    case "avro/binary":
      return avroEvents(inbox, body, now)
  }
}

const textOf = (body: Uint8Array): Effect.Effect<string, ApiError> =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(body),
    catch: () => invalid("it is not UTF-8")
  })

const invalid = (problem: string): ApiError => apiError("REQUEST_INVALID", { problem }, "body")

const tooMany = (): ApiError => apiError("EVENTS_TOO_MANY", { limit: maxEvents })

const jsonEvents = Effect.fnUntraced(function* (inbox: Inbox, text: string, now: number) {
  const parsed = parseJsonText(text)
  if ("problem" in parsed) return yield* invalid(parsed.problem)
  const events: readonly Json[] = isList(parsed.json) ? parsed.json : [parsed.json]
  if (events.length === 0) return yield* invalid("it holds no events")
  if (events.length > maxEvents) return yield* tooMany()
  return events.map((event) => inbox.check.json(event, now))
})

const isList = (json: Json): json is readonly Json[] => Array.isArray(json)

const lineEvents = Effect.fnUntraced(function* (inbox: Inbox, text: string, now: number) {
  const lines = text.split("\n", maxEvents * 2 + 2).filter((line) => line.trim() !== "")
  if (lines.length === 0) return yield* invalid("it holds no events")
  if (lines.length > maxEvents) return yield* tooMany()
  return lines.map((line): Checked => {
    const parsed = parseJsonText(line)
    if ("json" in parsed) return inbox.check.json(parsed.json, now)
    return { rejection: { code: "EVENT_NOT_JSON", pointer: "", message: parsed.problem } }
  })
})

/** Avro 1.12 §Single-object encoding: two bytes, and the fingerprint with its lowest byte first. */
const marker = [0xc3, 0x01]
const headBytes = 10

/** Single-object encodings one after the other. Where one cannot be read, the places of those behind it are not known. */
const avroEvents = Effect.fnUntraced(function* (inbox: Inbox, body: Uint8Array, now: number) {
  const { node, pipeline } = inbox.settings
  const { fingerprint } = inbox.check
  const head = [...marker, ...Buffer.from(fingerprint, "hex").reverse()]
  const events: Checked[] = []
  let at = 0
  while (at < body.length) {
    if (events.length === maxEvents) return yield* tooMany()
    if (!head.every((byte, index) => body[at + index] === byte))
      return yield* apiError("EVENTS_SCHEMA_UNKNOWN", { place: at, pipeline, node, fingerprint })
    const { checked, end } = inbox.check.avro(body, at + headBytes, now)
    if (end === undefined)
      return yield* invalid(
        `the event at byte ${at} is no Avro of the contract: ${"rejection" in checked ? checked.rejection.message : ""}`
      )
    events.push(checked)
    at = end
  }
  return events.length === 0 ? yield* invalid("it holds no events") : events
})
