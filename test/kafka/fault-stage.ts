import { randomUUID } from "node:crypto"
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry"
import { Kafka, logLevel } from "kafkajs"
import type { Admin, KafkaConfig } from "kafkajs"
import { type Platform, until } from "../input/program.ts"

/** A client of Kafka as anybody has it, beside the platform. */
export const kafkaOf = (brokers: readonly string[], more: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, ...more })

export const withAdmin = async <A>(kafka: Kafka, use: (admin: Admin) => Promise<A>): Promise<A> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

/** The `n` of the committed beats in a topic of one partition, in their order, once `enough` is among them. */
export const beatsIn = async (
  kafka: Kafka,
  platform: Platform,
  topic: string,
  enough: number
): Promise<readonly number[]> => {
  const registry = new SchemaRegistry({ host: `${platform.url}/schema-registry` })
  const consumer = kafka.consumer({ groupId: `beats-${randomUUID()}` })
  const found: number[] = []
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (message.value === null) return
        found.push(Number((await registry.decode(message.value)).n))
      }
    })
    await until(
      () => found.at(-1) ?? -1,
      (last) => last >= enough,
      100
    )
    return [...found]
  } finally {
    await consumer.disconnect()
  }
}

/** Nothing lost, nothing twice, in order. */
export const isWhole = (beats: readonly number[]): boolean => beats.every((n, index) => n === index)

/** The value of a metric without labels. */
export const metricOf = async ({ url }: Platform, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (.+)$`, "mu").exec(text)?.[1] ?? Number.NaN)
}
