/** What this release was built with. */
export const build = {
  version: "1.0.0",
  /** Comparisons of a typed city with names, at most. */
  cityComparisons: 24,
  /** Districts that are compared with a postcode, at most. */
  districts: 8,
  /** Of a thousand parcels, so many get the field. */
  filled: { postcode: 1_000, grams: 1_000, zone: 1_000 }
}
