import type { ChainPlan } from "../physical.ts"
import type { Plan } from "../plan.ts"

/**
 * Where tasks will go on. A chain is known by its first node: one of the same name goes on from the offsets and positions
 * that it has, in every topic that it read before; a new one begins at the start of what it reads.
 */
export const chainChanges = (current: Plan, next: Plan): readonly string[] => {
  const before = new Map(current.physical.chains.map((chain) => [chain.head, chain]))
  const after = new Set(next.physical.chains.map((chain) => chain.head))
  const known = new Set(current.nodes.map((node) => node.name))
  const begun = next.physical.chains.flatMap((chain) => {
    const old = before.get(chain.head)
    if (old !== undefined) return newInputs(old, chain)
    // A node that is new altogether begins at the start: no surprise, and no change to anything that runs.
    return known.has(chain.head) ? [`${chain.head} becomes the first of a chain: ${startOf(chain)}`] : []
  })
  const still = new Set(next.nodes.map((node) => node.name))
  const ended = current.physical.chains
    .filter((chain) => !after.has(chain.head) && still.has(chain.head))
    .map((chain) => `${chain.head} is no longer the first of a chain: the place it had reached is forgotten`)
  return [...begun, ...ended]
}

const startOf = (chain: ChainPlan): string => {
  if (chain.inputs.length === 0) return "it reads its source from the start"
  return `it reads ${chain.inputs.map((input) => input.topic).join(" and ")} from the start`
}

const newInputs = (old: ChainPlan, chain: ChainPlan): readonly string[] => {
  const known = new Set(old.inputs.map((input) => input.topic))
  return chain.inputs
    .filter((input) => !known.has(input.topic))
    .map((input) => `${chain.head} reads ${input.topic} from the start`)
}
