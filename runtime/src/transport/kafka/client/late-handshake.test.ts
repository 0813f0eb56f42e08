import { createServer } from "node:net"
import type { Server, Socket } from "node:net"
import { afterEach, assert, describe, it } from "vitest"
import { KafkaError } from "./kafka-error.ts"
import { kafkajsClient } from "./kafkajs-client.ts"

const handshake = 17

/** A key that takes a while to be derived: meanwhile the client's time passes. */
const iterations = 1_000_000

const framed = (correlationId: number, body: readonly Buffer[]): Buffer => {
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.reduce((sum, part) => sum + part.length, 0))
  head.writeInt32BE(correlationId, 4)
  return Buffer.concat([head, ...body])
}
const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255])
const int32 = (value: number): Buffer => Buffer.concat([int16(value >> 16), int16(value & 0xffff)])
const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)])

/** Answers the first two steps of SCRAM (RFC 5802), as a broker does. */
const answer = (request: Buffer): Buffer => {
  const id = request.readInt32BE(8)
  if (request.readInt16BE(4) === handshake) return framed(id, [int16(0), int32(1), text("SCRAM-SHA-512")])
  const nonce = /r=([^,]+)/.exec(request.toString("latin1"))?.[1] ?? ""
  const salt = Buffer.from("salt").toString("base64")
  const first = Buffer.from(`r=${nonce}broker,s=${salt},i=${iterations}`)
  return framed(id, [int16(0), int16(-1), int32(first.length), first, Buffer.alloc(8)])
}

describe("a broker that is too slow to let the client in", () => {
  let server: Server | undefined
  const sockets = new Set<Socket>()
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    server?.close()
  })

  it("is told of, and not waited for without end, whatever the library was at", async () => {
    const listening = createServer((socket) => {
      sockets.add(socket)
      let bytes = Buffer.alloc(0)
      socket.on("error", () => undefined)
      socket.on("data", (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk])
        while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
          socket.write(answer(bytes))
          bytes = bytes.subarray(4 + bytes.readInt32BE(0))
        }
      })
    })
    server = listening
    await new Promise<void>((done) => listening.listen(0, "127.0.0.1", done))
    const address = listening.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const client = kafkajsClient({
      bootstrap: [`127.0.0.1:${port}`],
      sasl: { mechanism: "SCRAM-SHA-512", user: "alice", password: "swordfish" },
      connectTimeoutMs: 100,
      retryMs: 0
    })
    const refusal: unknown = await client.topics().catch((cause: unknown) => cause)
    assert.instanceOf(refusal, KafkaError)
    assert.deepInclude(refusal, { kind: "CONNECTION_REFUSED", retriable: true })
    assert.match(refusal.message, /not let in within 100 ms/)
    await client.close()
  }, 20_000)
})
