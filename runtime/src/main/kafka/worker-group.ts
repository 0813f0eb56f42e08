import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { GroupMembership } from "../../transport/kafka/group/group-member.ts"
import type { GroupFacts, GroupOptions } from "../../transport/kafka/group/group-options.ts"
import type { Placement } from "../../worker/placement.ts"

/** What a worker does of all that there is, as a member of a group of workers. */
export interface WorkerGroup {
  readonly placement: Placement
  readonly facts: () => GroupFacts
  /**
   * Gives all up and leaves, once the work stands still: others go on with it at once. To be called first when a worker ends, before
   * its pipelines are stopped. The scope's end does it too.
   */
  readonly leave: Effect.Effect<void>
}

/** Answers at once, and joins in the background; it leaves when the scope closes. */
export const joinWorkerGroup = (
  options: GroupOptions,
  { keepsCopies }: Pick<Placement, "keepsCopies"> = {}
): Effect.Effect<WorkerGroup, never, Scope.Scope> =>
  Effect.map(GroupMembership.make(options), (membership) => ({
    placement: { offer: (unit) => membership.offer(unit), isShared: true, keepsCopies: keepsCopies === true },
    facts: () => membership.facts(),
    leave: membership.leave
  }))
