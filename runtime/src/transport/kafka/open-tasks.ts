import type * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { TaskId } from "../transport.ts"

interface Place {
  /** Tasks that write here. */
  tasks: number
  readonly turn: Semaphore.Semaphore
}

/** Which keyed nodes' states tasks of this process write, and whose turn it is to bring a copy of one up to date. */
export class OpenTasks {
  private readonly places: Map<string, Place> = new Map()

  began(task: TaskId, keyedNode: string | undefined): void {
    if (keyedNode !== undefined) this.at(task.pipeline, keyedNode, task.partition).tasks += 1
  }

  ended(task: TaskId, keyedNode: string | undefined): void {
    if (keyedNode !== undefined) this.at(task.pipeline, keyedNode, task.partition).tasks -= 1
  }

  isOpen(pipeline: string, node: string, partition: number): boolean {
    return this.at(pipeline, node, partition).tasks > 0
  }

  /** INVARIANT: a copy is replayed by one at a time: what is older would come over what is newer. */
  inTurn<A, E, R>(
    pipeline: string,
    node: string,
    partition: number,
    work: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E, R> {
    return this.at(pipeline, node, partition).turn.withPermits(1)(work)
  }

  private at(pipeline: string, node: string, partition: number): Place {
    const name = `${pipeline}/${node}/${partition}`
    const known = this.places.get(name)
    if (known !== undefined) return known
    const made = { tasks: 0, turn: Semaphore.makeUnsafe(1) }
    this.places.set(name, made)
    return made
  }
}
