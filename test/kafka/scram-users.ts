import { pbkdf2Sync, randomBytes } from "node:crypto"
import { kafkajsWire } from "../../runtime/src/transport/kafka/client/kafkajs-client.ts"
import { MessageReader } from "../../runtime/src/transport/kafka/client/protocol/message-reader.ts"
import { MessageWriter } from "../../runtime/src/transport/kafka/client/protocol/message-writer.ts"

/** AlterUserScramCredentials, version 0 (KIP-554), which no library in use here knows. */
const apiKey = 51
const sha512 = 2
const iterations = 4_096

/** Gives a user this password for SCRAM-SHA-512, or takes it away; `address`: where anybody may do so. */
export const setScramPassword = async (
  address: string,
  user: string,
  password: string | undefined
): Promise<void> => {
  const [host = "", port] = address.split(":")
  const connection = await kafkajsWire({ clientId: "scram-users", connectTimeoutMs: 10_000 }).connect(
    host,
    Number(port)
  )
  const writer = new MessageWriter(true)
  writer.array(password === undefined ? [user] : [], (name) => writer.string(name).int8(sha512).end())
  writer.array(password === undefined ? [] : [password], (text) => {
    const salt = randomBytes(16)
    const salted = pbkdf2Sync(text, salt, iterations, 64, "sha512")
    writer.string(user).int8(sha512).int32(iterations).bytes(salt).bytes(salted).end()
  })
  writer.end()
  try {
    const bytes = await connection.send({ apiKey, apiVersion: 0, isFlexible: true, body: writer.pieces() })
    const reader = new MessageReader(bytes, true)
    reader.end()
    reader.int32()
    for (const { code, said } of reader.array(() => {
      reader.string()
      const result = { code: reader.int16(), said: reader.nullableString() }
      reader.end()
      return result
    }))
      if (code !== 0) throw new Error(`the password of ${user} was not set: ${code} ${said ?? ""}`)
  } finally {
    connection.destroy()
  }
}
