import { randomUUID } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry"
import { PipelineStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { ConfigResourceTypes, Kafka, logLevel } from "kafkajs"
import type { Admin, KafkaConfig } from "kafkajs"
import { assert } from "vitest"
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
      () => found.findLast((n) => n >= enough),
      (reached) => reached !== undefined,
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

const decodeStatus = Schema.decodeUnknownSync(PipelineStatus)
export const statusOf = async (platform: Platform, pipeline: string): Promise<PipelineStatus> =>
  decodeStatus((await platform.get(`/api/status/${pipeline}`)).body)

/** Waits until a task of the chain tells an error of this code; answers its message. */
export const untilError = async (
  platform: Platform,
  pipeline: string,
  chain: string,
  code: string
): Promise<string> => {
  const found = await until(
    async () => (await statusOf(platform, pipeline)).tasks.find((task) => task.chain === chain)?.error,
    (error) => error?.code === code,
    100
  )
  return found?.message ?? ""
}

export const takenBy = async (platform: Platform, pipeline: string, node = "body"): Promise<number> =>
  (await statusOf(platform, pipeline)).nodes.find((each) => each.node === node)?.totals.in ?? 0

/** Waits until the pipeline has come on by some records. */
export const untilOn = async (platform: Platform, pipeline: string, node = "body"): Promise<number> => {
  const from = await takenBy(platform, pipeline, node)
  return until(
    () => takenBy(platform, pipeline, node),
    (taken) => taken > from + 50,
    100
  )
}

/** Waits until a pipeline that was paused takes nothing more; answers how much it took. */
export const stoodStill = async (platform: Platform, pipeline: string): Promise<number> => {
  let before = -1
  return until(
    async () => {
      await delay(1_000)
      return takenBy(platform, pipeline)
    },
    (taken) => {
      const same = taken === before
      before = taken
      return same
    }
  )
}

export const isRunning = (platform: Platform, pipeline: string) =>
  until(
    () => statusOf(platform, pipeline),
    ({ tasks }) => tasks.every(({ state }) => state === "running" || state === "waiting"),
    100
  )

/** Beats come out whole, as many as were taken at least. */
export const assertWhole = async (kafka: Kafka, platform: Platform, pipeline: string): Promise<void> => {
  const beats = await beatsIn(kafka, platform, `${pipeline}.out`, (await untilOn(platform, pipeline)) - 20)
  assert.isTrue(isWhole(beats), `${pipeline}: ${beats.length} beats`)
}

/** A stream's topic of one partition, made by hand. */
export const makeTopic = (
  kafka: Kafka,
  topic: string,
  configs: { readonly [name: string]: string } = {}
): Promise<unknown> =>
  withAdmin(kafka, (admin) =>
    admin.createTopics({
      topics: [
        {
          topic,
          numPartitions: 1,
          configEntries: Object.entries({ "retention.ms": "-1", ...configs }).map(([name, value]) => ({
            name,
            value
          }))
        }
      ]
    })
  )

export const setLimit = (kafka: Kafka, topic: string, bytes: number): Promise<unknown> =>
  withAdmin(kafka, (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [
            { name: "max.message.bytes", value: String(bytes) },
            { name: "retention.ms", value: "-1" }
          ]
        }
      ]
    })
  )

export const deleteTopic = (kafka: Kafka, topic: string): Promise<unknown> =>
  withAdmin(kafka, async (admin) => {
    await admin.deleteTopics({ topics: [topic] })
    await until(
      () => admin.listTopics(),
      (topics) => !topics.includes(topic)
    )
  })

/** Writes values as any other program does. */
export const produce = async (kafka: Kafka, topic: string, values: readonly Buffer[]): Promise<void> => {
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  try {
    await producer.send({ topic, messages: values.map((value, index) => ({ key: String(index), value })) })
  } finally {
    await producer.disconnect()
  }
}

/** Id of the newest schema of a topic's values; `schema`: of this text, registered for somebody else. */
export const schemaIdOf = async (
  { send, url }: Platform,
  topic: string,
  schema?: string
): Promise<number> => {
  if (schema !== undefined) {
    const { body } = await send("POST", `/schema-registry/subjects/elsewhere-${randomUUID()}/versions`, {
      schema
    })
    return idIn(body)
  }
  const reply = await fetch(`${url}/schema-registry/subjects/${topic}-value/versions/latest`)
  return idIn(await reply.json())
}

const decodeText = Schema.decodeUnknownSync(Schema.Struct({ schema: Schema.String }))

/** Text of the newest schema of a topic's values. */
export const schemaTextOf = async ({ url }: Platform, topic: string): Promise<string> => {
  const reply = await fetch(`${url}/schema-registry/subjects/${topic}-value/versions/latest`)
  return decodeText(await reply.json()).schema
}

const decodeRecord = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.StructWithRest(Schema.Struct({ fields: Schema.Array(Schema.Json) }), [
      Schema.Record(Schema.String, Schema.Json)
    ])
  )
)

/** Avro text of a record's schema with one field more, at its end. */
export const withField = (
  record: string,
  field: { readonly name: string; readonly type: string }
): string => {
  const made = decodeRecord(record)
  return JSON.stringify({ ...made, fields: [...made.fields, field] })
}

const decodeId = Schema.decodeUnknownSync(Schema.Struct({ id: Schema.Int }))
const idIn = (body: unknown): number => decodeId(body).id

/** The Confluent wire format's beginning. */
export const prefixOf = (schemaId: number): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix.writeInt32BE(schemaId, 1)
  return prefix
}

const zigzag = (value: number): Buffer => {
  const bytes: number[] = []
  for (let rest = BigInt(value) * 2n; ; rest >>= 7n) {
    bytes.push(rest > 127n ? Number(rest & 127n) | 128 : Number(rest))
    if (rest <= 127n) return Buffer.from(bytes)
  }
}

/** A beat of the plugins with faults, behind the id of its schema. */
export const avroBeat = (schemaId: number, id: string, n: number): Buffer =>
  Buffer.concat([prefixOf(schemaId), zigzag(id.length), Buffer.from(id), zigzag(n)])
