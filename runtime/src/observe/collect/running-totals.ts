import * as Effect from "effect/Effect"
import type { Run } from "../../controller/running-pipelines.ts"
import type { Checkpoint, TransportError, TransportShape } from "../../transport/transport.ts"

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
