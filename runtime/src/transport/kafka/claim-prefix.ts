import * as Effect from "effect/Effect"
import { TransportError } from "../transport.ts"
import type { CheckpointLog, Claimed } from "./checkpoint-log.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking } from "./kafka-failure.ts"
import { TaskTransaction } from "./task-transaction.ts"

/** `platform`: its id, which its workers and whoever takes its place share. */
export interface Claim extends Claimed {
  readonly client: KafkaClient
  readonly checkpoints: CheckpointLog
  /** Before the names of what is the platform's own. */
  readonly prefix: string
  /** Whether the folder has worked on a cluster before. */
  readonly hasWorked: boolean
}

/**
 * Takes the prefix for a platform, for ever: two that shared it would take each other's checkpoints for their own. Its streams keep the
 * registry that their ids are of: read by another's, a record would be taken for something else. Fails with `taken` where another
 * platform has the prefix, `registryChanged` where this one had ids of another origin, `topicReset` where what it kept there is gone.
 */
export const claimPrefix = Effect.fnUntraced(function* (claim: Claim) {
  const { checkpoints, hasWorked, ids, platform, prefix } = claim
  for (;;) {
    const found = yield* checkpoints.claimed
    if (found !== undefined && found.platform !== platform)
      return yield* new TransportError({
        reason: "taken",
        message: `another platform (${found.platform}) keeps its work in this cluster under the prefix ${prefix}, and this one is ${platform}`
      })
    if (found !== undefined && found.ids !== ids)
      return yield* new TransportError({
        reason: "registryChanged",
        message:
          found.ids === "own"
            ? "streams of this platform have ids of its own schema registry, and the config names another"
            : "streams of this platform have ids of an outside schema registry, and the config names none"
      })
    if (found !== undefined) return
    // INVARIANT: nobody begins from nothing what was begun before: all of it would be done once more.
    if (hasWorked && (yield* checkpoints.isEmpty))
      return yield* new TransportError({
        reason: "topicReset",
        message: `topic ${checkpoints.topic} is empty, though this platform has worked with it: somebody deleted it, or this is another cluster`
      })
    yield* write(claim)
  }
})

const write = ({ checkpoints, client, ids, platform, prefix }: Claim): Effect.Effect<void, TransportError> =>
  Effect.gen(function* () {
    const transaction = yield* asking(() => TaskTransaction.open(client, `${prefix}platform`))
    // INVARIANT: looked at after the id was taken over: of two that begin at once one is fenced, and finds the other's.
    if ((yield* checkpoints.claimed) !== undefined) return
    yield* asking(() =>
      transaction.commit([checkpoints.claimFrame({ ids, platform })], { name: "", offsets: [] })
    )
  }).pipe(
    Effect.catchIf(
      ({ reason }) => reason === "fenced",
      () => Effect.void
    )
  )
