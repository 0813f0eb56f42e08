import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { AssignableUnit } from "../assign-units.ts"
import type { KafkaClient } from "../../client/kafka-client.ts"
import { GroupMembership } from "../group-member.ts"
import type { GroupUnit } from "../group-member.ts"
import type { GroupFacts, GroupOptions } from "../group-options.ts"
import { Gate, gatedClient } from "./gated-client.ts"

export interface CrewOptions {
  readonly group: string
  readonly openClient: () => Promise<KafkaClient>
  /** How long a task takes from being told to give up until its work stands still. */
  readonly batchMs?: number
  readonly terms?: Partial<GroupOptions>
}

const firstPatienceMs = 30_000

interface Job {
  readonly unit: AssignableUnit
  readonly scope: Scope.Closeable
  placed: GroupUnit | undefined
  /** How often the worker had been lost when it took the unit up, until it released it. */
  takenAt: number | undefined
}

/**
 * Workers of one group in one process, each with connections of its own, and with tasks that do nothing but hold their units. Whenever
 * one takes up a unit, no other may hold it: `faults` has what was found otherwise.
 */
export class Crew {
  readonly faults: string[] = []
  readonly workers: CrewWorker[] = []
  readonly #options: CrewOptions

  constructor(options: CrewOptions) {
    this.#options = options
  }

  get group(): string {
    return this.#options.group
  }

  /** The first of a crew is waited for, and leads. */
  async add(label: string, own: Partial<GroupOptions> = {}): Promise<CrewWorker> {
    const worker = await CrewWorker.start(this, { ...this.#options, label, own })
    const isFirst = this.workers.push(worker) === 1
    // Who is alone leads.
    if (isFirst)
      await until(() => (worker.facts().state === "stable" ? undefined : "no member"), firstPatienceMs)
    return worker
  }

  /** Who believes now to have it. */
  holders(id: string): readonly CrewWorker[] {
    return this.workers.filter((worker) => worker.holds(id))
  }

  took(worker: CrewWorker, id: string): void {
    const others = this.workers.filter((each) => each !== worker && each.worksOn(id))
    if (worker.holds(id) && others.length > 0)
      this.faults.push(`${worker.label} took ${id}, which ${others.map(({ label }) => label).join(", ")} had`)
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()))
  }
}

export class CrewWorker {
  readonly gate = new Gate()
  readonly label: string
  readonly #crew: Crew
  readonly #batchMs: number
  readonly #scope: Scope.Closeable
  readonly #jobs = new Map<string, Job>()
  readonly #membership: GroupMembership
  #isDead = false
  #openClient: () => Promise<KafkaClient>

  private constructor(
    crew: Crew,
    label: string,
    batchMs: number,
    scope: Scope.Closeable,
    membership: GroupMembership,
    openClient: () => Promise<KafkaClient>
  ) {
    this.label = label
    this.#crew = crew
    this.#batchMs = batchMs
    this.#scope = scope
    this.#membership = membership
    this.#openClient = openClient
  }

  static async start(
    crew: Crew,
    options: CrewOptions & { readonly label: string; readonly own: Partial<GroupOptions> }
  ): Promise<CrewWorker> {
    const { batchMs = 5, group, label, own, terms } = options
    const scope = await Effect.runPromise(Scope.make())
    const begun = Promise.withResolvers<CrewWorker>()
    const membership = await Effect.runPromise(
      Scope.provide(
        GroupMembership.make({
          group,
          label,
          heartbeatMs: 100,
          joinWithinMs: 0,
          ...terms,
          ...own,
          client: async () => {
            const worker = await begun.promise
            return gatedClient(await worker.#openClient(), worker.gate)
          }
        }),
        scope
      )
    )
    const worker = new CrewWorker(crew, label, batchMs, scope, membership, options.openClient)
    begun.resolve(worker)
    return worker
  }

  facts(): GroupFacts {
    return this.#membership.facts()
  }

  holds(id: string): boolean {
    return !this.#isDead && this.#jobs.get(id)?.placed?.isHeld() === true
  }

  /** Holds it, or ends its work in hand, for which others have to wait unless it was lost meanwhile. */
  worksOn(id: string): boolean {
    const takenAt = this.#jobs.get(id)?.takenAt
    return !this.#isDead && (this.holds(id) || (takenAt !== undefined && takenAt === this.facts().losses))
  }

  held(): readonly string[] {
    return [...this.#jobs.keys()].filter((id) => this.holds(id)).sort()
  }

  async offer(units: readonly AssignableUnit[]): Promise<void> {
    for (const unit of units) {
      if (this.#jobs.has(unit.id)) continue
      const scope = await Effect.runPromise(Scope.make())
      const job: Job = { unit, scope, placed: undefined, takenAt: undefined }
      this.#jobs.set(unit.id, job)
      job.placed = await Effect.runPromise(Scope.provide(this.#membership.offer(unit), scope))
      await Effect.runPromise(Scope.provide(Effect.forkScoped(this.#task(job.placed, job)), scope))
    }
  }

  async withdraw(ids: Iterable<string>): Promise<void> {
    for (const id of ids) {
      const job = this.#jobs.get(id)
      this.#jobs.delete(id)
      if (job !== undefined) await Effect.runPromise(Scope.close(job.scope, Exit.void))
    }
  }

  leave(): Promise<void> {
    return Effect.runPromise(this.#membership.leave)
  }

  /** As a worker ends: it leaves, then its tasks are taken down. */
  async close(): Promise<void> {
    if (this.#isDead) return
    await this.leave()
    this.#isDead = true
    await this.withdraw([...this.#jobs.keys()])
    await Effect.runPromise(Scope.close(this.#scope, Exit.void))
  }

  /** As a process that is killed: nothing is said to anybody any more. */
  async kill(): Promise<void> {
    this.gate.shut()
    this.#isDead = true
    this.#openClient = () => Promise.reject(new Error("it is dead"))
    await this.withdraw([...this.#jobs.keys()])
    await Effect.runPromise(Scope.close(this.#scope, Exit.void))
  }

  #task(placed: GroupUnit, job: Job): Effect.Effect<never> {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        yield* placed.held
        if (!placed.isHeld()) continue
        job.takenAt = this.facts().losses
        this.#crew.took(this, job.unit.id)
        yield* placed.revoked
        yield* Effect.sleep(this.#batchMs)
        job.takenAt = undefined
        yield* placed.release
      }
    })
  }
}

/** Waits for a condition, which is looked at often; rejects with what it says is missing after the time. */
export const until = async (missing: () => string | undefined, withinMs: number): Promise<number> => {
  const began = performance.now()
  for (;;) {
    const what = missing()
    const tookMs = performance.now() - began
    if (what === undefined) return tookMs
    if (tookMs > withinMs) throw new Error(`after ${withinMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** What is missing until each unit is held by exactly one of the workers. */
export const unheld = (crew: Crew, units: readonly AssignableUnit[]): string | undefined => {
  const wrong = units.filter(({ id }) => crew.holders(id).length !== 1).map(({ id }) => id)
  return wrong.length === 0 ? undefined : `not held by one worker: ${wrong.slice(0, 5).join(", ")}`
}
