import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as Redacted from "effect/Redacted"
import type { PostgresAddress } from "@millrace/registry/server"
import type { Durability } from "../../transport/transport.ts"
import { databaseAddress } from "../database/database-address.ts"
import { kafkaSettings } from "../kafka/kafka-settings.ts"
import type { KafkaSettings } from "../kafka/kafka-settings.ts"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { readUpFile } from "./read-up-file.ts"
import type { UpFile } from "./up-file.ts"

/** The cluster as a worker reaches it: its flags and file, else as the platform has it; names are the platform's always. */
export const workerKafka = Effect.fn("workerKafka")(function* (
  flags: Pick<UpFlags, "config" | "kafka"> & {
    readonly weight: Option.Option<number>
    readonly standby: boolean
  },
  platform: { readonly brokers: readonly string[]; readonly prefix: string; readonly replicas?: number }
) {
  const path = yield* Path.Path
  const file = Option.isSome(flags.config) ? path.resolve(flags.config.value) : undefined
  const config: UpFile = file === undefined ? {} : yield* readConfig(file)
  const base = file === undefined ? process.cwd() : path.dirname(file)
  const brokers = Option.orElseSome(flags.kafka, () => platform.brokers.join(","))
  const named = config.kafka?.brokers === undefined || Option.isSome(flags.kafka) ? brokers : flags.kafka
  const settings = yield* kafkaSettings(named, config.kafka, (each) => path.resolve(base, each))
  const own = settings ?? (yield* Effect.die(new RangeError("the platform names no brokers")))
  return {
    ...own,
    weight: Option.getOrElse(flags.weight, () => own.weight),
    standby: flags.standby || own.standby,
    prefix: platform.prefix,
    replicas: platform.replicas
  }
})

/** What `millrace up` was told on its command line. */
export interface UpFlags {
  readonly config: Option.Option<string>
  readonly data: Option.Option<string>
  readonly host: Option.Option<string>
  readonly port: Option.Option<number>
  readonly names: readonly string[]
  readonly notify: Option.Option<string>
  readonly publish: readonly string[]
  readonly apply: readonly string[]
  readonly grant: boolean
  readonly durability: Option.Option<Durability>
  readonly database: Option.Option<Redacted.Redacted<string>>
  readonly kafka: Option.Option<string>
}

/** What a platform is started with: flags first, then the file, then what is usual. Paths are absolute, or from the current folder. */
export interface UpSettings {
  readonly data: Option.Option<string>
  readonly host: string
  readonly port: number
  readonly names: readonly string[]
  readonly notify: string | undefined
  readonly publish: readonly string[]
  readonly apply: readonly string[]
  readonly grant: boolean
  readonly durability: Durability
  readonly secretKeyFile: string | undefined
  /** Undefined: the data folder's own. */
  readonly seedFile: string | undefined
  /** Undefined: the registry is in files of the data folder. */
  readonly database: PostgresAddress | undefined
  /** Undefined: the log is embedded. */
  readonly kafka: KafkaSettings | undefined
  /** Undefined: where it usually stands. */
  readonly schemaRegistryPath: string | undefined
  readonly limits: NonNullable<UpFile["limits"]>
  readonly workers: NonNullable<UpFile["workers"]>
}

const usual = { host: "127.0.0.1", port: 4000, durability: "fsync" } as const

/** Reads the config file that is named, if one is, and lays the flags over it. Paths in a file are from its own folder. */
export const upSettings = Effect.fn("upSettings")(function* (flags: UpFlags) {
  const path = yield* Path.Path
  const file = Option.isSome(flags.config) ? path.resolve(flags.config.value) : undefined
  const config: UpFile = file === undefined ? {} : yield* readConfig(file)
  const base = file === undefined ? process.cwd() : path.dirname(file)
  const fromFile = (each: string) => path.resolve(base, each)
  const chosen = (given: readonly string[], written: UpFile["apply"], resolve: (each: string) => string) =>
    given.length > 0 ? given : listOf(written).map(resolve)
  const oneOf = (flag: Option.Option<string>, written: string | undefined) =>
    Option.getOrUndefined(flag) ?? (written === undefined ? undefined : fromFile(written))
  const kafka = yield* kafkaSettings(flags.kafka, config.kafka, fromFile)
  if (config.seedFile !== undefined && kafka === undefined) return yield* seedOfFolder(config.seedFile)
  return {
    data: Option.fromUndefinedOr(oneOf(flags.data, config.data)),
    host: Option.getOrElse(flags.host, () => config.host ?? usual.host),
    port: Option.getOrElse(flags.port, () => config.port ?? usual.port),
    names: chosen(flags.names, config.allowHost, (name) => name),
    notify: oneOf(flags.notify, config.notify),
    publish: chosen(flags.publish, config.publish, fromFile),
    apply: chosen(flags.apply, config.apply, fromFile),
    grant: flags.grant || config.grant === true,
    durability: Option.getOrElse(flags.durability, () => config.durability ?? usual.durability),
    secretKeyFile: config.secretKeyFile === undefined ? undefined : fromFile(config.secretKeyFile),
    seedFile: config.seedFile === undefined ? undefined : fromFile(config.seedFile),
    database: yield* databaseAddress(flags.database, config.database, process.env),
    kafka,
    schemaRegistryPath: config.schemaRegistryPath,
    limits: config.limits ?? {},
    workers: config.workers ?? {}
  } satisfies UpSettings
})

/** An embedded log is in its folder, as its seed is: the same seed with another folder would pass for the same log. */
const seedOfFolder = (file: string) =>
  new CommandError({
    code: "SEED_INVALID",
    message: "a seed can be given only where the log is in Kafka",
    where: `seedFile: ${file}`,
    remedy: "leave seedFile out, or name brokers under kafka",
    exit: exitCode.badInput
  })

const listOf = (written: string | readonly string[] | undefined): readonly string[] => {
  if (written === undefined) return []
  return typeof written === "string" ? [written] : written
}

const readConfig = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    fs.readFileString(file),
    (error) =>
      new CommandError({
        code: "CONFIG_UNREADABLE",
        message: `the config cannot be read: ${error.reason._tag}`,
        where: file,
        remedy: "name a file that is there and readable",
        exit: exitCode.badInput
      })
  )
  const read = readUpFile(text, process.env)
  if ("ok" in read) return read.ok
  return yield* new CommandErrors({
    errors: read.problems.map(
      ({ column = 1, line = 1, message, path, remedy }) =>
        new CommandError({
          code: "CONFIG_INVALID",
          message,
          where: `${file}:${line}:${column}${path === "" ? "" : ` (${path})`}`,
          remedy,
          exit: exitCode.badInput
        })
    )
  })
})
