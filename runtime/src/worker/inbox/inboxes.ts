import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { PhysicalPlan } from "../../plan/physical.ts"
import type { TransportError, TransportShape } from "../../transport/transport.ts"
import { type Inbox, openInbox } from "./inbox.ts"
import { listeningNodes } from "./inbox-settings.ts"

/** The inboxes that are open in this worker, by pipeline and node. */
export class Inboxes {
  private readonly open = new Map<string, Inbox>()

  find(pipeline: string, node: string): Inbox | undefined {
    return this.open.get(nameOf(pipeline, node))
  }

  all(): readonly Inbox[] {
    return [...this.open.values()]
  }

  add(inbox: Inbox): void {
    this.open.set(nameOf(inbox.settings.pipeline, inbox.settings.node), inbox)
  }

  /** Takes out this one; another that took its place stays. */
  remove(inbox: Inbox): void {
    const name = nameOf(inbox.settings.pipeline, inbox.settings.node)
    if (this.open.get(name) === inbox) this.open.delete(name)
  }
}

/** Opens the inboxes of a plan's listening nodes, also while it is paused, for as long as the scope is open. */
export const openInboxes = Effect.fn("openInboxes")(function* (
  inboxes: Inboxes,
  plan: PhysicalPlan,
  transport: TransportShape
): Effect.fn.Return<void, TransportError, Scope.Scope> {
  for (const settings of listeningNodes(plan)) {
    const schema = yield* transport.schema(settings.schemaHash)
    if (schema === undefined) return yield* Effect.die(new Error("the plan's contract is not in the log"))
    const inbox = yield* openInbox(transport, settings, schema)
    yield* Effect.acquireRelease(
      Effect.sync(() => inboxes.add(inbox)),
      () => Effect.sync(() => inboxes.remove(inbox))
    )
  }
})

const nameOf = (pipeline: string, node: string): string => JSON.stringify([pipeline, node])
