import type { Stage } from "../stage/stage.ts"
import type { Fault } from "./fault.ts"
import { parts, stepsOf } from "./pace.ts"
import type { BuildChange } from "./release.ts"

/** The version in which all own packages come with a fault, or beside one in the outside world. */
export const plantedVersion = "1.0.1"

/** Releases all own packages anew, and has the fault come with it: a release of itself tells nothing. */
export const plant = async (stage: Stage, fault: Fault): Promise<void> => {
  await stage.release(plantedVersion, changesOf(fault))
  switch (fault.kind) {
    case "skewed-key":
      stage.feed.rush = fault
      break
    case "refusing-sink":
      stage.receivers[fault.receiver].refusal = fault.refusal
      break
    case "clock-skew":
      stage.feed.clockOff = fault
      break
    case "slow-plugin":
    case "dropped-field":
      break
  }
}

/** What the release has otherwise than the one before. */
const changesOf = (fault: Fault): readonly BuildChange[] => {
  if (fault.kind === "dropped-field")
    return [{ package: fault.package, setting: fault.field, value: fault.filled }]
  if (fault.kind !== "slow-plugin") return []
  return parts
    .filter(({ node }) => node === fault.node)
    .map((part) => ({
      package: part.package,
      setting: part.setting,
      value: stepsOf(part, fault.milliseconds)
    }))
}
