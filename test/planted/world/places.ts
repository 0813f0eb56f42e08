import type { Draw } from "./draw.ts"

export interface Depot {
  readonly code: string
  readonly city: string
  /** First two digits of the postcodes that it serves. */
  readonly area: string
  /** The regional gateway that its handhelds speak to. */
  readonly gateway: string
}

/** Regional gateways: partitions of the source. */
export const gateways = ["north", "east", "south", "west"] as const

const depot = (code: string, city: string, area: string, gateway: string): Depot => ({
  code,
  city,
  area,
  gateway
})

/** Depots, whose codes go to the four partitions of a topic six each. */
export const depots: readonly [Depot, ...Depot[]] = [
  depot("FRA", "Frankfurt", "60", "west"),
  depot("STR", "Stuttgart", "70", "south"),
  depot("NUE", "Nürnberg", "90", "east"),
  depot("BRE", "Bremen", "28", "north"),
  depot("KSL", "Kassel", "34", "west"),
  depot("SCN", "Saarbrücken", "66", "south"),
  depot("BER", "Berlin", "10", "north"),
  depot("MUC", "München", "80", "south"),
  depot("DUS", "Düsseldorf", "40", "west"),
  depot("HAJ", "Hannover", "30", "north"),
  depot("ROS", "Rostock", "18", "north"),
  depot("OSN", "Osnabrück", "49", "west"),
  depot("HAM", "Hamburg", "20", "north"),
  depot("CGN", "Köln", "50", "west"),
  depot("LEJ", "Leipzig", "04", "east"),
  depot("DTM", "Dortmund", "44", "west"),
  depot("ERF", "Erfurt", "99", "east"),
  depot("KIE", "Kiel", "24", "north"),
  depot("DRS", "Dresden", "01", "east"),
  depot("MGB", "Magdeburg", "39", "east"),
  depot("AUG", "Augsburg", "86", "south"),
  depot("ULM", "Ulm", "89", "south"),
  depot("REG", "Regensburg", "93", "south"),
  depot("JEN", "Jena", "07", "east")
]

const couriersOfDepot = 4
const teams = ["early", "day", "late"] as const
const vehicles = ["bicycle", "e-van", "van", "truck"] as const
const capacities: { readonly [vehicle: string]: number } = { bicycle: 25, "e-van": 110, van: 150, truck: 420 }

/** Ids of a depot's couriers. */
export const couriersOf = ({ code }: Depot): readonly [string, ...string[]] => [
  `${code}-01`,
  ...Array.from(
    { length: couriersOfDepot - 1 },
    (_, index) => `${code}-${String(index + 2).padStart(2, "0")}`
  )
]

/** Today's roster as a file of CSV. */
export const roster = (draw: Draw): string =>
  [
    "courier,team,vehicle,capacity",
    ...depots.flatMap((each) =>
      couriersOf(each).map((courier) => {
        const vehicle = draw.one(vehicles)
        return `${courier},${draw.one(teams)},${vehicle},${capacities[vehicle]}`
      })
    ),
    ""
  ].join("\n")
