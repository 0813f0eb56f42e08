import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SaslOptions, TlsOptions } from "../../transport/kafka/client/wire.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import type { UpFile } from "../config/up-file.ts"
import { saslOf, tlsOf } from "./kafka-access.ts"
import { type RegistrySettings, registrySettings } from "./schema-registry/registry-settings.ts"

/** The cluster that a platform keeps its topics and commits in. */
export interface KafkaSettings {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[]
  /** Which library's connections carry it. */
  readonly client: "kafkajs" | "platformatic"
  /** Before the names of what is no named stream; default: `millrace.`. */
  readonly prefix: string | undefined
  readonly replicas: number | undefined
  readonly sasl: SaslOptions | undefined
  readonly tls: TlsOptions | undefined
  /** In the place of the platform's own registry, for named streams. */
  readonly schemaRegistry?: RegistrySettings | undefined
  /** This process's part of the tasks, against that of the other workers: 1 to 1000. */
  readonly weight: number
  /** State of tasks that others do is kept here too. */
  readonly standby: boolean
}

const usualPrefix = "millrace."

/** Before the names of what is no named stream. */
export const prefixOf = ({ prefix }: Pick<KafkaSettings, "prefix">): string => prefix ?? usualPrefix

const address = /^(?:\[[0-9a-fA-F:]+\]|[^\s:,/]+)(?::\d{1,5})?$/

/** `resolve`: what a path of the file is. By the flag, else by the config's file; undefined where neither names brokers: the log is embedded. */
export const kafkaSettings = Effect.fnUntraced(function* (
  flag: Option.Option<string>,
  written: UpFile["kafka"],
  resolve: (path: string) => string
): Effect.fn.Return<KafkaSettings | undefined, CommandError> {
  const where = Option.isSome(flag) ? "--kafka" : "kafka.brokers, in the config"
  const named = Option.getOrUndefined(flag) ?? written?.brokers
  if (named === undefined) return undefined
  const brokers = (typeof named === "string" ? named.split(",") : named).map((each) => each.trim())
  const wrong = brokers.find((each) => !address.test(each))
  if (wrong !== undefined || brokers.length === 0)
    return yield* new CommandError({
      code: "KAFKA_ADDRESS_INVALID",
      message: `${JSON.stringify(wrong ?? "")} is no address of a broker`,
      where,
      remedy: "write HOST:PORT, several with commas between, as `npm run kafka` prints it",
      exit: exitCode.badInput
    })
  const { client = "kafkajs", prefix, replicas, standby = false, tls, weight = 1 } = written ?? {}
  return {
    brokers,
    client,
    prefix,
    replicas,
    sasl: yield* saslOf(written ?? {}, resolve),
    schemaRegistry: yield* registrySettings(written?.schemaRegistry, resolve),
    tls: yield* tlsOf(tls, resolve),
    weight,
    standby
  }
})
