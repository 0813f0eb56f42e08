/** What this release was built with. */
export const build = {
  version: "1.0.0",
  /** Vehicles that are compared for a courier, at most. */
  vehicles: 8,
  /** Orders of the stops of a round that are tried, at most. */
  stopOrders: 2,
  /** Of a thousand parcels, so many get the field. */
  filled: { vehicle: 1_000, minutes: 1_000 }
}
