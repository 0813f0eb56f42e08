import { createConnection } from "node:net"

/** Metadata request v1 for no topic: size, API key 3, version 1, correlation id, client id, topics. */
const metadataRequest = Buffer.from("0000000e0003000100000001000000000000", "hex")

/**
 * Ids of the brokers that the one at a plain listener knows to be alive; undefined where none answers within two seconds.
 * A broker that answers takes requests: its log may say less, or say it too early.
 */
export const knownBrokers = (port: number): Promise<readonly number[] | undefined> =>
  new Promise((done) => {
    let answer = Buffer.alloc(0)
    const socket = createConnection({ host: "127.0.0.1", port })
    const end = (ids: readonly number[] | undefined): void => {
      socket.destroy()
      done(ids)
    }
    socket.setTimeout(2_000, () => end(undefined))
    socket.on("error", () => end(undefined))
    socket.on("close", () => end(undefined))
    socket.on("connect", () => socket.write(metadataRequest))
    socket.on("data", (bytes) => {
      answer = Buffer.concat([answer, bytes])
      if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0)) end(brokerIds(answer))
    })
  })

/** Metadata response v1: brokers are node id, host, port, rack. */
const brokerIds = (answer: Buffer): readonly number[] => {
  const ids: number[] = []
  const count = answer.readInt32BE(8)
  let at = 12
  for (let index = 0; index < count; index += 1) {
    ids.push(answer.readInt32BE(at))
    at += 6 + answer.readInt16BE(at + 4) + 4
    at += 2 + Math.max(0, answer.readInt16BE(at))
  }
  return ids
}
