import { bestPlace } from "../plugins/rounds/src/legs.ts"
import { surchargeOf } from "../plugins/tariffs/src/price.ts"
import { slotOf } from "../plugins/tariffs/src/promise.ts"
import { loadOf } from "../plugins/rounds/src/staff.ts"
import { zoneOf } from "../plugins/scanning/src/place.ts"
import { nearest } from "../plugins/scanning/src/spelling.ts"
import { cities } from "../plugins/scanning/src/tidy.ts"
import type { PackageName } from "./release.ts"

/** A processor's part that a setting of its package's build makes dearer. */
export interface Part {
  readonly node: string
  readonly package: PackageName
  readonly setting: string
  readonly run: (steps: number) => unknown
}

const noon = Date.UTC(2026, 5, 15, 12)

/** Parts of all own processors. */
export const parts: readonly [Part, ...Part[]] = [
  {
    node: "tidied",
    package: "scanning",
    setting: "cityComparisons",
    run: (steps) => nearest("Düsseldorf", cities, steps)
  },
  { node: "placed", package: "scanning", setting: "districts", run: (steps) => zoneOf("40217", steps) },
  {
    node: "staffed",
    package: "rounds",
    setting: "vehicles",
    run: (steps) => loadOf({ vehicle: "van", capacity: 150 }, steps)
  },
  { node: "legs", package: "rounds", setting: "stopOrders", run: (steps) => bestPlace(17, steps) },
  { node: "promised", package: "tariffs", setting: "slotDays", run: (steps) => slotOf(noon, steps) },
  { node: "priced", package: "tariffs", setting: "surchargeSteps", run: (steps) => surchargeOf(2_400, steps) }
]

const trialSteps = 20_000
const leastTrialMs = 40

/** How many steps of a part take so many ms of CPU on this machine. */
export const stepsOf = ({ run }: Part, milliseconds: number): number => {
  // Compiled before it is measured, as it will be after its first records.
  run(trialSteps)
  const before = process.cpuUsage()
  let steps = 0
  for (;;) {
    run(trialSteps)
    steps += trialSteps
    const { system, user } = process.cpuUsage(before)
    const spentMs = (system + user) / 1_000
    if (spentMs >= leastTrialMs) return Math.max(1, Math.round((steps / spentMs) * milliseconds))
  }
}
