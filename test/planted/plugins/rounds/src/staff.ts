import { Contract, defineProcessor, lookupTable, Schema } from "@millrace/sdk"
import { build } from "./build.ts"
import { thousandthOf } from "./thousandth.ts"

/** Who drives what, of today's roster. */
export class Courier extends Contract<Courier>()({
  subject: "parcels.couriers",
  key: "courier",
  schema: Schema.Struct({
    courier: Schema.String,
    team: Schema.String,
    vehicle: Schema.String,
    capacity: Schema.Int
  })
}) {}

const vehicles = ["bicycle", "e-van", "van", "truck"]

/** Adds the courier's team and vehicle, by the roster. */
export const staff = defineProcessor({
  name: "staff",
  description: "Adds the courier's team and vehicle from the roster.",
  reads: { scanId: Schema.String, courier: Schema.String },
  adds: { team: Schema.NullOr(Schema.String), vehicle: Schema.NullOr(Schema.String), load: Schema.Number },
  uses: { couriers: lookupTable(Courier) },
  map: ({ courier, scanId }, { couriers }) => {
    const row = couriers.get(courier)
    const isFilled = thousandthOf(scanId) < build.filled.vehicle
    return {
      team: row?.team ?? null,
      vehicle: row === undefined || !isFilled ? null : row.vehicle,
      load: row === undefined ? 0 : loadOf(row, build.vehicles)
    }
  }
})

/** The load factor of a vehicle against so many others of the fleet, from 0 to 1. */
export const loadOf = (
  { capacity, vehicle }: { readonly capacity: number; readonly vehicle: string },
  compared: number
): number => {
  const own = vehicles.indexOf(vehicle) + 1
  let sum = 0
  for (let other = 0; other < compared; other++) {
    const theirs = (other % vehicles.length) + 1
    sum += Math.tanh((capacity * own) / (capacity * own + 100 * theirs))
  }
  return Math.round((sum / compared) * 1_000) / 1_000
}
