import { BatchCursor, BatchWriter, openBatch, sealBatch } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { TransportError } from "../transport.ts"
import { BatchLimits } from "./batch-limits.ts"
import type { TopicConfigs } from "./client/kafka-client.ts"
import { brokerError } from "./client/kafka-error.ts"
import type { OutgoingFrame } from "./task-transaction.ts"

const outgoing = (records: number, valueBytes = 20): OutgoingFrame => {
  const writer = new BatchWriter()
  writer.begin(new Uint8Array(32))
  for (let index = 0; index < records; index++)
    writer.append({ timestamp: index, key: null }, new Uint8Array(valueBytes).fill(index))
  const frame = writer.finish()
  sealBatch(frame, { producer: 7, partition: 3, sequence: 12, watermark: 99 })
  return { topic: "films", partition: 0, frame, schemaId: 1 }
}

const cluster = (limit: number | "hidden") => {
  const answer = { limit }
  const describeConfigs = (names: readonly string[]): Promise<readonly TopicConfigs[]> =>
    Promise.resolve(
      names.map((name) =>
        answer.limit === "hidden"
          ? { name, configs: {}, error: brokerError(29, { broker: "b", asked: "settings", isWrite: false }) }
          : { name, configs: { "max.message.bytes": String(answer.limit), "segment.bytes": "1073741824" } }
      )
    )
  return { answer, limits: new BatchLimits({ describeConfigs }) }
}

const valuesOf = (frame: Uint8Array): readonly string[] => {
  const cursor = new BatchCursor(frame)
  const values: string[] = []
  while (cursor.next()) values.push(Buffer.from(cursor.value() ?? []).toString("hex"))
  return values
}

const refusal = async (asked: Promise<unknown>): Promise<TransportError> => {
  try {
    await asked
  } catch (cause) {
    if (cause instanceof TransportError) return cause
    throw cause
  }
  throw new Error("it was not refused")
}

describe("batches for topics that take no large ones", () => {
  it("are written as they are until one is refused", async () => {
    const { limits } = cluster(500)
    const frame = outgoing(100)
    assert.deepStrictEqual(await limits.fitting([frame]), [{ frame, index: 0 }])
  })

  it("are cut then, without a record lost or in another order, and tell their watermark once, at the end", async () => {
    const { limits } = cluster(500)
    const frame = outgoing(100)
    assert.include((await limits.learn([frame])).message, "films")
    const pieces = await limits.fitting([outgoing(1), frame])
    assert.isAbove(pieces.length, 10)
    assert.deepStrictEqual([pieces[0]?.index, pieces[1]?.index], [0, 1])
    const cut = pieces.slice(1).map((piece) => piece.frame.frame)
    assert.deepStrictEqual(cut.flatMap(valuesOf), valuesOf(frame.frame))
    const heads = cut.map(openBatch)
    assert.isTrue(
      heads.every(({ partition, producer, sequence }) => partition === 3 && producer === 7 && sequence === 12)
    )
    assert.deepStrictEqual(
      heads.filter(({ watermark }) => Number.isFinite(watermark)),
      heads.slice(-1)
    )
  })

  it("fail where a single record is too large, until the limit is raised", async () => {
    const { answer, limits } = cluster(300)
    const frame = outgoing(2, 1_000)
    await limits.learn([frame])
    const { message, reason } = await refusal(limits.fitting([frame]))
    assert.strictEqual(reason, "tooLarge")
    assert.match(message, /partition 0 of topic films comes to 1\d\d\d bytes.*300/)
    answer.limit = 100_000
    assert.lengthOf(await limits.fitting([frame]), 1)
  })

  it("are halved until they fit where the settings may not be read", async () => {
    const { limits } = cluster("hidden")
    const frame = outgoing(64)
    await limits.learn([frame])
    const once = (await limits.fitting([frame])).length
    assert.isAbove(once, 1)
    await limits.learn([frame])
    assert.isAbove((await limits.fitting([frame])).length, once)
  })
})
