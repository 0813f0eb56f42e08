import type { HostRequest } from "@millrace/sandbox"
import { openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { member, refuse } from "../handlers/request-failure.ts"
import type { Answer } from "../handlers/request-failure.ts"
import type { TransportShape } from "../../transport/transport.ts"
import type { Inbox } from "./inbox.ts"

/** A guest's reply has a limit of its own; a batch is smaller. */
const maxTakeBytes = 2 * 1024 * 1024
const maxTakeRecords = 100_000

/** Answers `take` of the SDK's capability/listen.ts. */
export function serveTake(
  inbox: Inbox,
  transport: TransportShape,
  { operation, payload }: HostRequest
): Answer {
  if (operation !== "take")
    return refuse("PERMISSION_DENIED", "a handle that listens takes, and does nothing else")
  const after = member(payload, "after")
  const place = after === null ? 0n : placeOf(after)
  if (place === undefined) return refuse("PLACE_INVALID", "this is no place of the inbox")
  const maxRecords = bounded(member(payload, "maxRecords"), maxTakeRecords)
  const maxBytes = bounded(member(payload, "maxBytes"), maxTakeBytes)
  const schemas: unknown = member(payload, "schemas")
  const known: readonly unknown[] = Array.isArray(schemas) ? schemas : []
  return Effect.gen(function* () {
    const { frame, more, next } = yield* inbox.take(place, maxRecords, maxBytes)
    const told = { next: String(next), more, ...(known.length === 0 ? { contract: inbox.schema } : {}) }
    if (frame === undefined) return { result: told }
    const hash = openBatch(frame).schemaHash
    if (known.includes(Buffer.from(hash).toString("hex"))) return { result: told, bytes: frame }
    return { result: { ...told, schema: (yield* transport.schema(hash)) ?? "" }, bytes: frame }
  }).pipe(Effect.catchTag("TransportError", ({ message }) => refuse("UNAVAILABLE", message)))
}

const placeOf = (text: unknown): bigint | undefined =>
  typeof text === "string" && /^\d{1,19}$/.test(text) ? BigInt(text) : undefined

const bounded = (value: unknown, most: number): number =>
  typeof value === "number" && value >= 1 ? Math.min(most, Math.floor(value)) : most
