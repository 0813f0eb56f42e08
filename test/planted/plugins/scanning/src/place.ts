import { defineProcessor, Schema } from "@millrace/sdk"
import { build } from "./build.ts"
import { thousandthOf } from "./thousandth.ts"

/** Postcodes from a district of an area to the next, and its districts. */
const step = 617
const areaDistricts = 8
const innerWithin = 4_500
const outerWithin = 6_500

/** Adds in which zone of its area an address lies, which tariffs and rounds go by. */
export const place = defineProcessor({
  name: "place",
  description: "Adds the zone of the address: inner, outer or rural.",
  reads: { scanId: Schema.String, postcode: Schema.NullOr(Schema.String) },
  adds: { zone: Schema.NullOr(Schema.String) },
  map: ({ postcode, scanId }) => ({
    zone:
      postcode === null || thousandthOf(scanId) >= build.filled.zone
        ? null
        : zoneOf(postcode, build.districts)
  })
})

/** The zone of a postcode, by the farthest of the first districts, compared so many times. */
export const zoneOf = (postcode: string, districts: number): "inner" | "outer" | "rural" => {
  const code = Number(postcode)
  const middle = Math.floor(code / 10_000) * 10_000
  let spread = 0
  for (let compared = 0; compared < districts; compared++) {
    const district = compared % areaDistricts
    const away = Math.abs(code - middle - district * step)
    spread = Math.max(spread, Math.hypot(away, Math.cos(district)))
  }
  if (spread < innerWithin) return "inner"
  return spread < outerWithin ? "outer" : "rural"
}
