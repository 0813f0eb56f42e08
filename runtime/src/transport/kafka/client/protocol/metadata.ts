import type { NewTopic } from "../kafka-client.ts"
import type { Api } from "./api.ts"

export interface BrokerAddress {
  readonly id: number
  readonly host: string
  readonly port: number
}

export interface TopicAnswer {
  readonly code: number
  readonly name: string
  readonly id: string
  readonly isInternal: boolean
  readonly partitions: readonly {
    readonly code: number
    readonly partition: number
    readonly leader: number
    readonly leaderEpoch: number
    readonly replicas: readonly number[]
    readonly inSync: readonly number[]
  }[]
}

/** Version 12 has topic ids. */
export const metadataApi: Api<
  { readonly topics: readonly string[] | null },
  { readonly brokers: readonly BrokerAddress[]; readonly topics: readonly TopicAnswer[] }
> = {
  key: 3,
  version: 12,
  name: "Metadata",
  isFlexible: true,
  isWrite: false,
  write: (writer, { topics }) =>
    writer
      .array(topics, (name) => writer.noUuid().string(name).end())
      // No topic is made by asking for it.
      .boolean(false)
      .boolean(false)
      .end(),
  read: (reader) => {
    reader.int32()
    const brokers = reader.array(() => {
      const broker = { id: reader.int32(), host: reader.string(), port: reader.int32() }
      reader.nullableString()
      reader.end()
      return broker
    })
    reader.nullableString()
    reader.int32()
    const topics = reader.array(() => {
      const head = {
        code: reader.int16(),
        name: reader.string(),
        id: reader.uuid(),
        isInternal: reader.boolean()
      }
      const partitions = reader.array(() => {
        const partition = {
          code: reader.int16(),
          partition: reader.int32(),
          leader: reader.int32(),
          leaderEpoch: reader.int32(),
          replicas: reader.array(() => reader.int32()),
          inSync: reader.array(() => reader.int32())
        }
        reader.array(() => reader.int32())
        reader.end()
        return partition
      })
      reader.int32()
      reader.end()
      return { ...head, partitions }
    })
    return { brokers, topics }
  }
}

/** Versions of every request that a broker knows. It is asked in version 0, which each has. */
export const apiVersionsApi: Api<
  null,
  {
    readonly code: number
    readonly versions: readonly { readonly key: number; readonly least: number; readonly most: number }[]
  }
> = {
  key: 18,
  version: 0,
  name: "ApiVersions",
  isFlexible: false,
  isWrite: false,
  write: () => undefined,
  read: (reader) => ({
    code: reader.int16(),
    versions: reader.array(() => ({ key: reader.int16(), least: reader.int16(), most: reader.int16() }))
  })
}

/** `group` and `transaction` are Kafka's key types 0 and 1. */
export type CoordinatorKind = "group" | "transaction"

export const findCoordinatorApi: Api<
  { readonly kind: CoordinatorKind; readonly key: string },
  { readonly code: number; readonly said: string | null; readonly broker: BrokerAddress }
> = {
  key: 10,
  version: 2,
  name: "FindCoordinator",
  isFlexible: false,
  isWrite: false,
  write: (writer, { key, kind }) => writer.string(key).int8(kind === "group" ? 0 : 1),
  read: (reader) => {
    reader.int32()
    return {
      code: reader.int16(),
      said: reader.nullableString(),
      broker: { id: reader.int32(), host: reader.string(), port: reader.int32() }
    }
  }
}

export interface NamedCode {
  readonly name: string
  readonly code: number
  readonly said: string | null
}

/** How long a broker waits until a topic is made or gone. */
const topicTimeoutMs = 15_000

export const createTopicsApi: Api<readonly NewTopic[], readonly NamedCode[]> = {
  key: 19,
  version: 4,
  name: "CreateTopics",
  isFlexible: false,
  isWrite: true,
  write: (writer, topics) =>
    writer
      .array(topics, ({ configs = {}, name, partitions, replicas = -1 }) =>
        writer
          .string(name)
          .int32(partitions)
          .int16(replicas)
          .array([], () => undefined)
          .array(Object.entries(configs), ([key, value]) => writer.string(key).string(value))
      )
      .int32(topicTimeoutMs)
      .boolean(false),
  read: (reader) => {
    reader.int32()
    return reader.array(() => ({
      name: reader.string(),
      code: reader.int16(),
      said: reader.nullableString()
    }))
  }
}

export const deleteTopicsApi: Api<readonly string[], readonly NamedCode[]> = {
  key: 20,
  version: 3,
  name: "DeleteTopics",
  isFlexible: false,
  isWrite: true,
  write: (writer, names) => writer.array(names, (name) => writer.string(name)).int32(topicTimeoutMs),
  read: (reader) => {
    reader.int32()
    return reader.array(() => ({ name: reader.string(), code: reader.int16(), said: null }))
  }
}

/** Kafka's resource type of topics. */
const topicResource = 2
/** Of a setting in IncrementalAlterConfigs: it gets this value. */
const setOperation = 0

export const alterConfigsApi: Api<
  readonly { readonly name: string; readonly configs: { readonly [key: string]: string } }[],
  readonly NamedCode[]
> = {
  key: 44,
  version: 0,
  name: "IncrementalAlterConfigs",
  isFlexible: false,
  isWrite: true,
  write: (writer, topics) =>
    writer
      .array(topics, ({ configs, name }) =>
        writer
          .int8(topicResource)
          .string(name)
          .array(Object.entries(configs), ([key, value]) =>
            writer.string(key).int8(setOperation).string(value)
          )
      )
      .boolean(false),
  read: (reader) => {
    reader.int32()
    return reader.array(() => {
      const code = reader.int16()
      const said = reader.nullableString()
      reader.int8()
      return { code, said, name: reader.string() }
    })
  }
}

export const describeConfigsApi: Api<
  readonly string[],
  readonly (NamedCode & { readonly configs: { readonly [key: string]: string | null } })[]
> = {
  key: 32,
  version: 2,
  name: "DescribeConfigs",
  isFlexible: false,
  isWrite: false,
  write: (writer, names) =>
    writer
      .array(names, (name) =>
        writer
          .int8(topicResource)
          .string(name)
          .array(null, () => undefined)
      )
      .boolean(false),
  read: (reader) => {
    reader.int32()
    return reader.array(() => {
      const code = reader.int16()
      const said = reader.nullableString()
      reader.int8()
      const name = reader.string()
      const configs = reader.array(() => {
        const entry = [reader.string(), reader.nullableString()] as const
        reader.boolean()
        reader.int8()
        reader.boolean()
        reader.array(() => [reader.string(), reader.nullableString(), reader.int8()])
        return entry
      })
      return { code, said, name, configs: Object.fromEntries(configs) }
    })
  }
}
