import { assert, describe, it } from "vitest"
import { openClient } from "./open-client.ts"
import { allApis } from "./protocol/all-apis.ts"
import { MessageWriter } from "./protocol/message-writer.ts"
import { textBatch } from "./testing/raw-batches.ts"
import { refusalOf, takeOver, write } from "./testing/stage.ts"
import { WireFailure } from "./wire.ts"
import type { Wire, WireMessage } from "./wire.ts"

// What becomes of requests whose connection breaks at a chosen moment, which no broker does when it is told to.

const names = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  versions: 18,
  initProducerId: 22,
  findCoordinator: 10,
  endTxn: 26
}

const answerOf = (isFlexible: boolean, fill: (writer: MessageWriter) => void): Uint8Array => {
  const writer = new MessageWriter(isFlexible)
  writer.end()
  fill(writer)
  return Buffer.concat(writer.pieces())
}

const versions = answerOf(false, (writer) =>
  writer.int16(0).array(allApis, ({ key, version }) => writer.int16(key).int16(0).int16(version))
)

/** One broker that leads `topic`-0. */
const metadata = answerOf(true, (writer) =>
  writer
    .int32(0)
    .array([1], (id) => writer.int32(id).string("broker").int32(9_092).string(null).end())
    .string(null)
    .int32(1)
    .array(["topic"], (name) =>
      writer
        .int16(0)
        .string(name)
        .noUuid()
        .boolean(false)
        .array([0], (partition) =>
          writer
            .int16(0)
            .int32(partition)
            .int32(1)
            .int32(0)
            .array([1], (id) => writer.int32(id))
            .array([1], (id) => writer.int32(id))
            .array([], () => undefined)
            .end()
        )
        .int32(0)
        .end()
    )
    .end()
)

const coordinator = answerOf(false, (writer) =>
  writer.int32(0).int16(0).string(null).int32(1).string("broker").int32(9_092)
)
const producer = answerOf(true, (writer) => writer.int32(0).int16(0).int64(7n).int16(0).end())
const produced = answerOf(false, (writer) =>
  writer.array(["topic"], (topic) =>
    writer.string(topic).array([0], (partition) =>
      writer
        .int32(partition)
        .int16(0)
        .int64(42n)
        .int64(-1n)
        .int64(0n)
        .array([], () => undefined)
        .string(null)
    )
  )
)

const good: { readonly [apiKey: number]: Uint8Array } = {
  [names.versions]: versions,
  [names.metadata]: metadata,
  [names.findCoordinator]: coordinator,
  [names.initProducerId]: producer,
  [names.produce]: produced
}

/** A wire that counts what is sent of each request, and where the script says so fails or answers otherwise. */
const scripted = (script: (message: WireMessage, count: number) => Uint8Array | WireFailure | undefined) => {
  const sent = new Map<number, number>()
  const wire: Wire = {
    connect: () => {
      let isOpen = true
      return Promise.resolve({
        isOpen: () => isOpen,
        destroy: () => (isOpen = false),
        send: (message) => {
          const count = (sent.get(message.apiKey) ?? 0) + 1
          sent.set(message.apiKey, count)
          const answer = script(message, count) ?? good[message.apiKey]
          if (answer instanceof Uint8Array) return Promise.resolve(answer)
          isOpen = false
          return Promise.reject(answer ?? new WireFailure("lost", "nothing is scripted"))
        }
      })
    }
  }
  const client = openClient(() => wire, { bootstrap: ["broker:9092"], retryMs: 100 })
  return { client, countOf: (apiKey: number) => sent.get(apiKey) ?? 0 }
}

const lost = new WireFailure("lost", "the connection was closed")
const loses = (apiKey: number, times = Infinity) =>
  scripted((message, count) => (message.apiKey === apiKey && count <= times ? lost : undefined))

describe("a client whose connection breaks", () => {
  it("sends no write twice of which it does not know what became", async () => {
    const { client, countOf } = loses(names.produce, 1)
    const error = await refusalOf(write(client, "topic", ["once"]))
    assert.deepStrictEqual([error.kind, error.indefinite], ["CONNECTION_LOST", true])
    assert.strictEqual(countOf(names.produce), 1)
  })

  it("ends no transaction twice, for the first end may come late and end the next", async () => {
    const { client, countOf } = loses(names.endTxn)
    const error = await refusalOf(client.endTxn(await takeOver(client, "id"), "commit"))
    assert.deepStrictEqual([error.kind, error.indefinite, error.fenced], ["CONNECTION_LOST", true, false])
    assert.strictEqual(countOf(names.endTxn), 1)
  })

  it("takes over a transactional id again, which fences what came of the first time", async () => {
    const { client, countOf } = loses(names.initProducerId, 1)
    assert.strictEqual((await takeOver(client, "id")).producerId, 7n)
    assert.strictEqual(countOf(names.initProducerId), 2)
  })

  it("asks again for what changes nothing, and not for ever", async () => {
    const { client, countOf } = loses(names.metadata)
    const error = await refusalOf(client.topics(["topic"]))
    assert.deepStrictEqual([error.kind, error.indefinite], ["CONNECTION_LOST", false])
    assert.isAbove(countOf(names.metadata), 1)
  })

  it("sends a write again that a broker refused since another leads", async () => {
    const refused = Buffer.from(produced)
    // Its error code: after the topic's and the partition's numbers.
    refused.writeInt16BE(6, 4 + 2 + "topic".length + 4 + 4)
    const { client, countOf } = scripted(({ apiKey }, count) =>
      apiKey === names.produce && count === 1 ? refused : undefined
    )
    assert.strictEqual(await write(client, "topic", ["again"]), 42n)
    assert.strictEqual(countOf(names.produce), 2)
    assert.strictEqual(countOf(names.metadata), 2)
  })

  it("says so when an answer is cut off at any byte, and takes none of it for an answer", async () => {
    for (let length = 0; length < metadata.length; length += 1) {
      const { client } = scripted(({ apiKey }) =>
        apiKey === names.metadata ? metadata.subarray(0, length) : undefined
      )
      assert.strictEqual((await refusalOf(client.topics(["topic"]))).kind, "MALFORMED_ANSWER")
    }
  })

  it("tells what a broker lacks that is too old", async () => {
    const old = answerOf(false, (writer) =>
      writer.int16(0).array(allApis, ({ key, name, version }) =>
        writer
          .int16(key)
          .int16(0)
          .int16(name === "TxnOffsetCommit" ? 1 : version)
      )
    )
    const { client } = scripted(({ apiKey }) => (apiKey === names.versions ? old : undefined))
    const error = await refusalOf(client.topics())
    assert.strictEqual(error.kind, "BROKER_TOO_OLD")
    assert.include(error.message, "TxnOffsetCommit version 3")
  })

  it("asks nobody once it is closed", async () => {
    const { client } = scripted(() => undefined)
    await client.close()
    const batches = [{ topic: "topic", partition: 0, records: textBatch(["late"]) }]
    const error = await refusalOf(client.produce({ transactionalId: null, timeoutMs: 1, batches }))
    assert.deepStrictEqual([error.kind, error.indefinite], ["CLIENT_CLOSED", false])
  })
})
