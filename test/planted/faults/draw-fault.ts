import { receiverNames } from "../stage/stage.ts"
import { type Draw, drawsOf } from "../world/draw.ts"
import { couriersOf, depots, gateways } from "../world/places.ts"
import type { ClockOff } from "../world/scan-feed.ts"
import type { Refusal } from "../world/receiver.ts"
import { type DroppedField, type Fault, type FaultKind, faultKinds } from "./fault.ts"
import { parts } from "./pace.ts"

/** The fault of a seed; with a kind, its place and size alone are drawn. */
export const drawFault = (seed: number, kind?: FaultKind): Fault => {
  const draw = drawsOf(seed, 0x0f)
  // Drawn in any case: a kind that is given moves nothing else.
  const drawn = draw.one(faultKinds)
  return drawers[kind ?? drawn](draw)
}

const drawers: { readonly [K in FaultKind]: (draw: Draw) => Fault } = {
  "slow-plugin": (draw) => ({
    kind: "slow-plugin",
    node: draw.one(parts).node,
    milliseconds: draw.whole(22, 30)
  }),
  "skewed-key": (draw) => ({
    kind: "skewed-key",
    depot: draw.one(depots).code,
    share: draw.between(0.8, 0.95)
  }),
  "dropped-field": (draw) => ({ ...draw.one(optionalFields), filled: draw.whole(0, 300) }),
  "refusing-sink": (draw) => ({
    kind: "refusing-sink",
    receiver: draw.one(receiverNames),
    refusal: refusalOf(draw)
  }),
  "clock-skew": (draw) => ({ kind: "clock-skew", ...clockOffOf(draw) })
}

const field = (
  of: DroppedField["package"],
  node: string,
  name: string
): Pick<DroppedField, "kind" | "package" | "node" | "field"> => ({
  kind: "dropped-field",
  package: of,
  node,
  field: name
})

const optionalFields = [
  field("scanning", "tidied", "postcode"),
  field("scanning", "tidied", "grams"),
  field("scanning", "placed", "zone"),
  field("rounds", "staffed", "vehicle"),
  field("rounds", "legs", "minutes")
] as const

const refusalOf = (draw: Draw): Refusal => {
  const depot = draw.share() < 0.5 ? undefined : draw.one(depots).code
  return draw.one(depot === undefined ? refusals : refusalsOfDepot(depot))
}

const refusals = [
  { status: 400, body: { error: "bad_request", message: "schema 2026-11 is required" }, depot: undefined },
  { status: 422, body: { error: "validation_failed", fields: ["scannedAt"] }, depot: undefined },
  { status: 500, body: { error: "internal", trace: "f3a91c77" }, depot: undefined },
  { status: 503, body: { error: "maintenance", message: "please try again later" }, depot: undefined }
] as const

const refusalsOfDepot = (depot: string): readonly [Refusal, ...Refusal[]] => [
  { status: 409, body: { error: "conflict", message: "the account of the depot is closed" }, depot },
  { status: 422, body: { error: "unknown_depot" }, depot },
  { status: 500, body: { error: "internal", trace: "c20b41de" }, depot },
  { status: 503, body: { error: "shard_unavailable" }, depot }
]

const minuteMs = 60_000

/**
 * One courier's clock is ahead, or it would be lost among the sound ones: what is ahead makes others late, what is behind is
 * late itself. A whole gateway is behind, for a partition that is ahead makes nobody late.
 */
const clockOffOf = (draw: Draw): ClockOff => {
  const of = draw.one(["depot", "courier", "gateway"] as const)
  const depot = draw.one(depots)
  const offMs = draw.whole(3, 240) * minuteMs
  const isAhead = draw.share() < 0.5
  switch (of) {
    case "courier":
      return { of, name: draw.one(couriersOf(depot)), offMs }
    case "gateway":
      return { of, name: draw.one(gateways), offMs: -offMs }
    case "depot":
      return { of, name: depot.code, offMs: isAhead ? offMs : -offMs }
  }
}
