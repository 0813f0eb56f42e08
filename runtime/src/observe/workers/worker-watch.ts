import type { PlatformStatus } from "@millrace/sdk/api"
import { taskRecords } from "../../controller/task-records.ts"
import type { Run } from "../../controller/running-pipelines.ts"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { SampleSink } from "../../telemetry/metric/definition.ts"
import type { TaskFacts } from "../../worker/task/task-facts.ts"
import { advisedWorkers, type AdviceTerms, noAdvice, observe, type TaskObservation } from "./worker-advice.ts"
import type { WorkerRoster } from "./worker-roster.ts"

/** Observations that follow each other faster say nothing more. */
const everyMs = 5_000

/** One look at all that runs: what there is to do for workers. */
export class WorkTally {
  private readonly tasks = new Map<string, TaskObservation>()
  private readonly units = new Set<string>()
  private isWhole = true

  /** What is paused, has ended or has failed is no work. */
  add(run: Run, facts: TaskFacts, lagRecords: number): void {
    const { pipeline } = run.stored
    const state = run.running?.state()
    if (state === "paused" || state === "degraded") return
    if (["paused", "completed", "failed", "stopped"].includes(facts.state)) return
    const { node, partition } = facts.task
    const chain = run.plan.physical.chains.find(({ head }) => head === node)
    // A source is one worker's, whole, and nobody knows how far it is behind.
    if (chain?.partitions === "source") {
      this.units.add(`${pipeline}/${node}`)
      return
    }
    const name = `${pipeline}/${node}/${partition}`
    this.units.add(name)
    this.tasks.set(name, { lagRecords, handled: taskRecords(facts, run.plan) })
  }

  /** Something that runs could not be looked at. */
  miss(): void {
    this.isWhole = false
  }

  /** Undefined where not all was seen. */
  seen(): { readonly units: number; readonly tasks: ReadonlyMap<string, TaskObservation> } | undefined {
    return this.isWhole ? { units: this.units.size, tasks: this.tasks } : undefined
  }
}

/** Keeps in view what workers a platform has, and how many it needs. */
export class WorkerWatch {
  private readonly roster: WorkerRoster
  private readonly terms: AdviceTerms
  private state = noAdvice
  private lastAt = -Infinity

  constructor(roster: WorkerRoster, terms: AdviceTerms) {
    this.roster = roster
    this.terms = terms
  }

  /** Takes what was seen of the work at this time, ms since 1970, whenever somebody has it measured. */
  take(tally: WorkTally, at: number): void {
    const seen = tally.seen()
    if (seen === undefined || at < this.lastAt + everyMs) return
    this.lastAt = at
    this.state = observe(this.state, { at, processes: this.roster.count(at) + 1, ...seen }, this.terms)
  }

  /** Workers beside the platform, and how many are advised; see {@link observe}. */
  status(now: number): NonNullable<PlatformStatus["workers"]> {
    const advised = advisedWorkers(this.state, this.terms)
    return { now: this.roster.count(now), ...(advised === undefined ? {} : { advised }) }
  }

  addFamilies(families: SampleSink, now: number): void {
    const { advised, now: count } = this.status(now)
    families.add(metrics.workers, {}, count)
    families.add(metrics.workersAdvised, {}, advised)
  }
}
