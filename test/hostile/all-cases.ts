import { answerCases, machineCases } from "./cases/child.ts"
import { cpuCases } from "./cases/cpu.ts"
import { escapeCases } from "./cases/escape.ts"
import { integrityCases } from "./cases/integrity.ts"
import { memoryCases } from "./cases/memory.ts"
import { outputCases } from "./cases/output.ts"
import type { HostileCase } from "./hostile-case.ts"

/** Every case that runs as a plugin, by group. */
export const groups: { readonly [group: string]: readonly HostileCase[] } = {
  cpu: cpuCases,
  memory: memoryCases,
  output: outputCases,
  escape: escapeCases,
  integrity: integrityCases,
  answer: answerCases,
  machine: machineCases
}

export const allCases: readonly HostileCase[] = Object.values(groups).flat()

export function caseOf(id: string): HostileCase {
  const found = allCases.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no hostile case ${id}`)
  return found
}
