import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** What one worker at a time does: the tasks of a chain that cannot be parted. */
export interface WorkUnit {
  /** Other work has other names: that of a run that follows, too. */
  readonly id: string
  /** The chain that it is of: units of one are spread over the workers. */
  readonly chain: string
  /** Only who has it may do the unit's work: the name of something of a worker's own, as the place where events are posted. */
  readonly needs?: string
}

/** A unit as this worker knows it. */
export interface PlacedUnit {
  /** Answers when this worker is to do the work; at once while it is. */
  readonly held: Effect.Effect<void>
  /** Answers when the work is to be given up; at once while it is not this worker's. */
  readonly revoked: Effect.Effect<void>
  readonly isHeld: () => boolean
  /** The work stands still: another worker may take it up. To be called after each time that the unit was revoked. */
  readonly release: Effect.Effect<void>
}

/** Which of the work that there is this worker does. */
export interface Placement {
  /** Makes a unit known, until the scope closes; all its work has stopped by then. */
  readonly offer: (unit: WorkUnit) => Effect.Effect<PlacedUnit, never, Scope.Scope>
  /** Whether others take part, so that a task may be taken from this worker any time. */
  readonly isShared: boolean
  /** State of tasks that others do is kept here too, so that this worker has little to read when it takes one over. */
  readonly keepsCopies?: boolean
}

const here: PlacedUnit = {
  held: Effect.void,
  revoked: Effect.never,
  isHeld: () => true,
  release: Effect.void
}

/** One worker, which does all the work. */
export const allHere: Placement = { offer: () => Effect.succeed(here), isShared: false }
