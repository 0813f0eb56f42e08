import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { PlacedUnit, Placement } from "../placement.ts"

interface Place {
  readonly held: Latch.Latch
  readonly revoked: Latch.Latch
  isHeld: boolean
  isWorking: boolean
}

/** Placements of several workers in one process, among which units are moved by hand. */
export class MovingPlacements {
  private readonly workers: Map<string, Place>[]
  private readonly owners: Map<string, number> = new Map()

  constructor(workers: number) {
    this.workers = Array.from({ length: workers }, () => new Map())
  }

  units(): readonly string[] {
    return [...new Set(this.workers.flatMap((places) => [...places.keys()]))]
  }

  /** Gives a unit to a worker once the one that has it let go of it; to nobody where there is none of that number. */
  move(unit: string, to: number): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const from = this.owners.get(unit)
      if (from === to) return
      this.owners.set(unit, to)
      const before = from === undefined ? undefined : this.workers[from]?.get(unit)
      if (before !== undefined) {
        before.isHeld = false
        yield* before.held.close
        yield* before.revoked.open
        while (before.isWorking) yield* Effect.yieldNow
      }
      const place = this.workers[to]?.get(unit)
      if (place === undefined) return
      place.isHeld = true
      place.isWorking = true
      yield* place.revoked.close
      yield* place.held.open
    })
  }

  of(worker: number): Placement {
    return {
      isShared: true,
      offer: ({ id }) =>
        Effect.gen({ self: this }, function* () {
          const place: Place = {
            held: yield* Latch.make(false),
            revoked: yield* Latch.make(true),
            isHeld: false,
            isWorking: false
          }
          this.workers[worker]?.set(id, place)
          return {
            held: place.held.await,
            revoked: place.revoked.await,
            isHeld: () => place.isHeld,
            release: Effect.sync(() => {
              place.isWorking = false
            })
          } satisfies PlacedUnit
        })
    }
  }
}
