import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { assert, describe } from "vitest"
import type { KafkaClient } from "../../runtime/src/transport/kafka/client/kafka-client.ts"
import { kafkajsClient } from "../../runtime/src/transport/kafka/client/kafkajs-client.ts"
import { platformaticClient } from "../../runtime/src/transport/kafka/client/platformatic-client.ts"
import { KafkaError } from "../../runtime/src/transport/kafka/client/kafka-error.ts"
import { textBatch } from "../../runtime/src/transport/kafka/client/testing/raw-batches.ts"
import { makeStage, readTo, takeOver } from "../../runtime/src/transport/kafka/client/testing/stage.ts"
import { startCluster } from "./cluster.ts"
import type { Cluster } from "./cluster.ts"
import { releases } from "./releases.ts"
import { canRunKafka } from "./requirements.ts"
import { sharedClusterPatience } from "./shared.ts"

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }

/** A task that writes texts, and in the same transaction how many it has written: after an error it begins from there. */
interface Task {
  readonly client: KafkaClient
  readonly id: string
  readonly topic: string
  readonly group: string
}

/** Writes the text with this number in a transaction of its own, once. */
const writeOnce = async ({ client, group, id, topic }: Task, text: string, number: number): Promise<void> => {
  const place = { topic, partition: 0 }
  for (;;) {
    try {
      const producer = await takeOver(client, id)
      const [kept] = await client.fetchOffsets(group, [place])
      if (kept?.offset === BigInt(number + 1)) return
      assert.strictEqual(kept?.offset ?? 0n, BigInt(number))
      await client.addPartitionsToTxn(producer, [place])
      const batches = [{ ...place, records: textBatch([text], { producer, isTransactional: true }) }]
      await client.produce({ transactionalId: id, timeoutMs: 5_000, batches })
      await client.addOffsetsToTxn(producer, group)
      await client.txnOffsetCommit(producer, group, [{ ...place, offset: BigInt(number + 1) }])
      await client.endTxn(producer, "commit")
      return
    } catch (cause) {
      if (!(cause instanceof KafkaError) || !(cause.retriable || cause.indefinite)) throw cause
    }
  }
}

/** What a reader of committed records gets, aborted transactions left out as they are told. */
const committedTexts = async (client: KafkaClient, topic: string): Promise<readonly string[]> => {
  const { aborted, batches } = await readTo(client, topic, await settledEnd(client, topic), "committed")
  const ranges = aborted.flat()
  const isAborted = (producerId: bigint, offset: bigint): boolean => {
    const began = ranges.filter((each) => each.producerId === producerId && each.firstOffset <= offset)
    const from = began.reduce((latest, { firstOffset }) => (firstOffset > latest ? firstOffset : latest), -1n)
    // Its marker ends it.
    return (
      from >= 0n &&
      !batches.some(
        (batch) =>
          batch.isControl &&
          batch.producerId === producerId &&
          batch.baseOffset > from &&
          batch.baseOffset < offset
      )
    )
  }
  return batches
    .filter(({ baseOffset, producerId }) => !isAborted(producerId, baseOffset))
    .flatMap(({ texts }) => texts)
}

/** The topic's end, once no transaction is open: markers follow after the answer to a transaction's end. */
const settledEnd = async (client: KafkaClient, topic: string): Promise<bigint> => {
  for (;;) {
    await client.topics([topic])
    const [[stable], [latest]] = [
      await client.listOffsets([{ topic, partition: 0 }], "lastStable"),
      await client.listOffsets([{ topic, partition: 0 }], "latest")
    ]
    if (stable !== undefined && stable.offset === latest?.offset) return stable.offset
  }
}

const leaderOf = (client: KafkaClient, topic: string): Effect.Effect<number> =>
  Effect.promise(async () => {
    await client.topics([topic])
    return client.leader({ topic, partition: 0 })
  })

/** What is done to a broker, and undone. */
const harms = (cluster: Cluster) =>
  [
    ["killed", cluster.kill, cluster.start],
    ["stopped", cluster.stop, cluster.start],
    ["paused", cluster.pause, cluster.resume]
  ] as const

describe.skipIf(!canRunKafka())("three brokers", () => {
  for (const version of ["4", "3.9"] as const)
    for (const [library, makeClient] of Object.entries(clients))
      it.live(
        `of Kafka ${releases[version]} take each transaction once over ${library} while the leader is killed, stopped and paused`,
        () =>
          Effect.scoped(
            Effect.gen(function* () {
              const cluster = yield* startCluster({ version, brokers: 3 })
              const client = yield* Effect.acquireRelease(
                Effect.sync(() => makeClient({ bootstrap: cluster.bootstrap, requestTimeoutMs: 5_000 })),
                (open) => Effect.promise(() => open.close())
              )
              const stage = makeStage(client, client, 3)
              const topic = yield* Effect.promise(() => stage.topic())
              const task = { client, topic, id: stage.name("id"), group: stage.name("group") }
              const written: string[] = []
              const put = (text: string) =>
                Effect.promise(async () => {
                  await writeOnce(task, text, written.length)
                  written.push(text)
                })
              for (const [harm, begin, end] of harms(cluster)) {
                yield* put(`before one is ${harm}`)
                const leader = yield* leaderOf(client, topic)
                yield* begin(leader)
                yield* put(`while ${leader} is ${harm}`)
                yield* put(`still while ${leader} is ${harm}`)
                yield* end(leader)
                yield* put(`after ${harm}`)
              }
              assert.deepStrictEqual(yield* Effect.promise(() => committedTexts(client, topic)), written)
            })
          ),
        sharedClusterPatience
      )
})
