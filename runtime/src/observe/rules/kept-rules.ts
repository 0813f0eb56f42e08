import {
  type InForceOptions,
  type RuleInForce,
  rulesInForce,
  type WatchedPipeline
} from "./rules-in-force.ts"

/** The rules in force, made anew only where what they come of has changed: they are judged every few seconds. */
export class KeptRules {
  #pipelines: readonly WatchedPipeline[] = []
  #rules: readonly RuleInForce[] | undefined

  of(pipelines: readonly WatchedPipeline[], options: InForceOptions): readonly RuleInForce[] {
    if (this.#rules === undefined || !isAlike(this.#pipelines, pipelines))
      this.#rules = rulesInForce(pipelines, options)
    this.#pipelines = pipelines
    return this.#rules
  }

  /** What the options say is another now. */
  forget(): void {
    this.#rules = undefined
  }
}

/** By identity: who watches makes nodes and alerts once for each plan. */
const isAlike = (before: readonly WatchedPipeline[], now: readonly WatchedPipeline[]): boolean =>
  before.length === now.length &&
  now.every(({ alerts, nodes, owner, pipeline }, place) => {
    const other = before[place]
    return (
      other?.pipeline === pipeline &&
      other.owner === owner &&
      other.nodes === nodes &&
      other.alerts === alerts
    )
  })
