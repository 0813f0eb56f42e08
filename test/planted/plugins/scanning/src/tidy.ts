import { defineProcessor } from "@millrace/sdk"
import { build } from "./build.ts"
import { Scan, TidyScan } from "./scan.ts"
import { nearest } from "./spelling.ts"
import { thousandthOf } from "./thousandth.ts"

/** Cities of the depots. */
export const cities: readonly string[] = [
  "Frankfurt",
  "Stuttgart",
  "Nürnberg",
  "Bremen",
  "Kassel",
  "Saarbrücken",
  "Berlin",
  "München",
  "Düsseldorf",
  "Hannover",
  "Rostock",
  "Osnabrück",
  "Hamburg",
  "Köln",
  "Leipzig",
  "Dortmund",
  "Erfurt",
  "Kiel",
  "Dresden",
  "Magdeburg",
  "Augsburg",
  "Ulm",
  "Regensburg",
  "Jena"
]
const shownDigits = 3

/** Makes of what was typed what programs can read, and hides the recipient's phone number. */
export const tidy = defineProcessor({
  name: "tidy",
  description: "Tidies scans: depot codes, postcodes, weights in grams, hidden phone numbers.",
  input: Scan,
  output: TidyScan,
  map: ({ weight, ...scan }) => {
    const thousandth = thousandthOf(scan.scanId)
    return TidyScan.make({
      ...scan,
      depot: scan.depot.trim().toUpperCase(),
      city: nearest(scan.city.trim(), cities, build.cityComparisons),
      postcode: thousandth < build.filled.postcode ? postcodeOf(scan.postcode) : null,
      grams: thousandth < build.filled.grams ? gramsOf(weight) : null,
      phone: scan.phone === null ? null : `***${scan.phone.slice(-shownDigits)}`
    })
  }
})

const postcodeOf = (typed: string | null): string | null =>
  /\d{5}/.exec((typed ?? "").replaceAll(" ", ""))?.[0] ?? null

const gramsOf = (typed: string | null): number | null => {
  const found = /^([\d.,]+)\s*(kg|g)$/i.exec((typed ?? "").trim())
  if (found === null) return null
  const amount = Number((found[1] ?? "").replace(",", "."))
  return Number.isFinite(amount)
    ? Math.round(amount * ((found[2] ?? "").toLowerCase() === "kg" ? 1_000 : 1))
    : null
}
