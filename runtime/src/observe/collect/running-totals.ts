import * as Effect from "effect/Effect"
import type { Run } from "../../controller/running-pipelines.ts"
import type { Checkpoint, Counts, TransportError, TransportShape } from "../../transport/transport.ts"

const none: Counts = { in: 0, out: 0, handled: 0, filtered: 0, dead: 0, late: 0 }

const added = (a: Counts, b: Counts): Counts => ({
  in: a.in + b.in,
  out: a.out + b.out,
  handled: a.handled + b.handled,
  filtered: a.filtered + b.filtered,
  dead: a.dead + b.dead,
  late: a.late + b.late
})

const nameOf = (node: string, partition: number): string => `${node}/${partition}`

/**
 * Durable totals of nodes, and all checkpoints that they are of. Read from the log once for each revision of a pipeline; tasks that
 * run tell theirs themselves, so that looking often costs no reading.
 */
export class RunningTotals {
  private readonly kept = new Map<
    string,
    { readonly revision: number; readonly checkpoints: ReadonlyMap<string, Checkpoint> }
  >()
  private readonly transport: TransportShape

  constructor(transport: TransportShape) {
    this.transport = transport
  }

  /** By `CHAIN/PARTITION`. */
  checkpoints({ running, stored }: Run): Effect.Effect<ReadonlyMap<string, Checkpoint>, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const { pipeline, revision } = stored
      let kept = this.kept.get(pipeline)
      if (kept?.revision !== revision) {
        const found = yield* this.transport.checkpoints(pipeline)
        const checkpoints = new Map(
          found.map(({ checkpoint, task }) => [nameOf(task.node, task.partition), checkpoint] as const)
        )
        kept = { revision, checkpoints }
        this.kept.set(pipeline, kept)
      }
      const now = new Map(kept.checkpoints)
      for (const { checkpoint, task } of running?.tasks() ?? [])
        if (checkpoint !== undefined) now.set(nameOf(task.node, task.partition), checkpoint)
      return now
    })
  }

  /** Forgets what pipelines that are gone had. */
  keep(pipelines: ReadonlySet<string>): void {
    for (const name of this.kept.keys()) if (!pipelines.has(name)) this.kept.delete(name)
  }
}

/** Totals by node. */
export const totalsOf = (checkpoints: Iterable<Checkpoint>): ReadonlyMap<string, Counts> => {
  const totals = new Map<string, Counts>()
  for (const { counts } of checkpoints)
    for (const [node, each] of Object.entries(counts)) totals.set(node, added(totals.get(node) ?? none, each))
  return totals
}
