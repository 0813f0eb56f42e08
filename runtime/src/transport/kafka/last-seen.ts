import * as Effect from "effect/Effect"
import { TransportError } from "../transport.ts"
import type { RemoteLog, CommittedTask, TransportShape } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"

/** A moment, for who looks at many partitions. */
const momentMs = 1_000
/** A topic that did not answer in time is not asked again for so long. */
const spareMs = 10_000

type Looked = Pick<TransportShape, "checkpoints" | "end" | "read">

/** Ends of partitions and checkpoints as they were seen last, so that looking at a cluster that does not answer waits for nothing. */
export class LastSeen {
  private readonly client: Pick<KafkaClient, "outage">
  private readonly log: Looked
  private readonly ends: Map<string, bigint> = new Map()
  /** By pipeline. */
  private readonly places: Map<string, readonly CommittedTask[]> = new Map()
  /** Until when topics are not asked; `performance.now()`. */
  private readonly spared: Map<string, number> = new Map()

  constructor(client: Pick<KafkaClient, "outage">, log: Looked) {
    this.client = client
    this.log = log
  }

  readonly remote: RemoteLog = {
    outage: Effect.sync(() => this.client.outage()),
    lastEnd: (topic, partition) =>
      orLast(this.ends, `${topic}/${partition}`, this.soon(topic, this.log.end(topic, partition))),
    lastCheckpoints: (pipeline) =>
      Effect.suspend(() => {
        const asked = this.log.checkpoints(pipeline)
        // The first look reads what all pipelines have committed, which may take more than a moment.
        const isFirst = !this.places.has(pipeline) && this.client.outage() === undefined
        return orLast(this.places, pipeline, isFirst ? asked : this.soon("of checkpoints", asked))
      }),
    readSoon: (topic, partition, offset, maxBytes) =>
      this.soon(topic, this.log.read(topic, partition, offset, maxBytes))
  }

  private soon<A>(topic: string, ask: Effect.Effect<A, TransportError>): Effect.Effect<A, TransportError> {
    return Effect.suspend(() => {
      const outage = this.client.outage()
      if (outage !== undefined) return unavailable(outage.message)
      if ((this.spared.get(topic) ?? 0) > performance.now())
        return unavailable(`topic ${topic} did not answer a moment ago`)
      this.spared.delete(topic)
      return ask.pipe(
        Effect.timeoutOrElse({
          duration: momentMs,
          orElse: () => unavailable(`topic ${topic} does not answer in ${momentMs} ms`)
        }),
        Effect.tapError(() => Effect.sync(() => this.spared.set(topic, performance.now() + spareMs)))
      )
    })
  }
}

/** The answer, which is kept; or where none comes, the one that was kept last. */
const orLast = <A>(
  kept: Map<string, A>,
  key: string,
  asked: Effect.Effect<A, TransportError>
): Effect.Effect<A, TransportError> =>
  asked.pipe(
    Effect.tap((answer) => Effect.sync(() => kept.set(key, answer))),
    Effect.catch((error) => {
      const last = kept.get(key)
      return last === undefined ? Effect.fail(error) : Effect.succeed(last)
    })
  )

const unavailable = (message: string): Effect.Effect<never, TransportError> =>
  Effect.fail(new TransportError({ reason: "unavailable", message: `Kafka: ${message}` }))
