import { callsBeforePasses } from "../protocol/passes.ts"

/** So many calls are made node by node after one that could not be made in a pass: what was in its records is likely in the next ones. */
const callsAfter = 64

/** A run of a segment's nodes whose calls are made in one pass, where they can be. */
export class LoadedPass {
  /** Place of its first node. */
  readonly first: number
  readonly nodes: number
  private apart = callsBeforePasses
  /** CPU time of each node, in a call that was made node by node. */
  private costs: readonly number[]

  constructor(first: number, nodes: number) {
    this.first = first
    this.nodes = nodes
    this.costs = Array.from({ length: nodes }, () => 1)
  }

  /** Asked once for each call: whether it is to be tried in a pass. */
  isTried(): boolean {
    if (this.apart === 0) return true
    this.apart -= 1
    return false
  }

  /** A call could not be made in a pass. */
  missed(): void {
    this.apart = callsAfter
  }

  /** A call was made node by node, at these costs. */
  note(costs: readonly number[]): void {
    if (costs.every((cost) => cost > 0)) this.costs = costs
  }

  /** What of a pass's CPU time is each node's, as near as can be told: it has no clock of its own within. */
  shares(cpuMicros: number): readonly number[] {
    const all = this.costs.reduce((sum, cost) => sum + cost, 0)
    return this.costs.map((cost) => Math.round((cpuMicros * cost) / all))
  }
}
