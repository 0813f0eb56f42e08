import * as Effect from "effect/Effect"
import { TransportError } from "../transport.ts"
import type { CheckpointLog } from "./checkpoint-log.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking } from "./kafka-failure.ts"
import { TaskTransaction } from "./task-transaction.ts"

export interface Claim {
  readonly client: KafkaClient
  readonly checkpoints: CheckpointLog
  /** Before the names of what is the platform's own. */
  readonly prefix: string
  /** The platform's, which its workers and whoever takes its place share. */
  readonly platform: string
  /** Whether the folder has worked on a cluster before. */
  readonly hasWorked: boolean
}

/**
 * Takes the prefix for a platform, for ever: two that shared it would take each other's checkpoints for their own. Fails with `taken`
 * where another one has it, `topicReset` where what this one kept there is gone.
 */
export const claimPrefix = Effect.fnUntraced(function* (claim: Claim) {
  const { checkpoints, hasWorked, platform, prefix } = claim
  for (let owner = yield* checkpoints.platform; owner !== platform; owner = yield* checkpoints.platform) {
    if (owner !== undefined)
      return yield* new TransportError({
        reason: "taken",
        message: `another platform (${owner}) keeps its work in this cluster under the prefix ${prefix}, and this one is ${platform}`
      })
    // INVARIANT: nobody begins from nothing what was begun before: all of it would be done once more.
    if (hasWorked && (yield* checkpoints.isEmpty))
      return yield* new TransportError({
        reason: "topicReset",
        message: `topic ${checkpoints.topic} is empty, though this platform has worked with it: somebody deleted it, or this is another cluster`
      })
    yield* write(claim)
  }
})

const write = ({ checkpoints, client, platform, prefix }: Claim): Effect.Effect<void, TransportError> =>
  Effect.gen(function* () {
    const transaction = yield* asking(() => TaskTransaction.open(client, `${prefix}platform`))
    // INVARIANT: looked at after the id was taken over: of two that begin at once one is fenced, and finds the other's.
    if ((yield* checkpoints.platform) !== undefined) return
    yield* asking(() => transaction.commit([checkpoints.platformFrame(platform)], { name: "", offsets: [] }))
  }).pipe(
    Effect.catchIf(
      ({ reason }) => reason === "fenced",
      () => Effect.void
    )
  )
