import { defineProcessor, fromConfig, http, Schema, valueState } from "@millrace/sdk"
import { build } from "./build.ts"
import { thousandthOf } from "./thousandth.ts"

const Leg = Schema.Struct({ minutes: Schema.Number })

const stopsOfRound = 40

/**
 * Gives each scan its place in the depot's round, and to one that is on its way the minutes to its address, as the road service
 * says. Scans of a depot go one after the other, for the round is kept by depot.
 */
export const legs = defineProcessor({
  name: "legs",
  description: "Adds the stop in its depot's round, and the minutes on the road.",
  keyBy: "depot",
  reads: {
    scanId: Schema.String,
    depot: Schema.String,
    event: Schema.String,
    postcode: Schema.NullOr(Schema.String)
  },
  adds: { stop: Schema.Int, minutes: Schema.NullOr(Schema.Number) },
  config: Schema.Struct({ roads: Schema.String }),
  uses: {
    roads: http(fromConfig("roads"), { methods: ["GET"] }),
    stops: valueState(Schema.Int, { initial: 0 })
  },
  *process({ depot, event, postcode, scanId }, { roads, stops }) {
    const stop = stops.get() + 1
    stops.set(stop)
    const inRound = bestPlace(stop, build.stopOrders)
    if (postcode === null || event !== "out-for-delivery") return [{ stop: inRound, minutes: null }]
    const reply = yield* roads.get(`/legs/${depot}/${postcode}`, {
      headers: { "user-agent": `fleet-rounds/${build.version}` }
    })
    const isFilled = reply.ok && thousandthOf(scanId) < build.filled.minutes
    return [{ stop: inRound, minutes: isFilled ? reply.json(Leg).minutes : null }]
  }
})

/** Where in the round a stop is nearest to its neighbours, of so many orders that are tried. */
export const bestPlace = (stop: number, orders: number): number => {
  let best = stop % stopsOfRound
  let least = Infinity
  for (let order = 0; order < orders; order++) {
    const at = (stop + order) % stopsOfRound
    const way = Math.hypot(Math.sin(at) - Math.sin(stop), Math.cos(at) - Math.cos(stop)) + order
    if (way < least) [best, least] = [at, way]
  }
  return best
}
