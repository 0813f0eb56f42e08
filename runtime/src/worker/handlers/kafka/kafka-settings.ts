import type { HostRequestError } from "@millrace/sandbox"
import { KafkaConfig } from "@millrace/sdk"
import type { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { NodePlan } from "../../../plan/physical.ts"
import type { KafkaClientOptions } from "../../../transport/kafka/client/open-client.ts"
import type { SaslOptions, TlsOptions } from "../../../transport/kafka/client/wire.ts"
import type { SecretSource } from "../secret-source.ts"
import { kafkaFailure } from "./kafka-failure.ts"

type KafkaGrant = Extract<Permission, { readonly kind: "kafka" }>

/** A topic as it was granted to a handle. */
export interface GrantedTopic {
  readonly access: KafkaGrant["access"]
  /** host:port, with commas between. */
  readonly brokers: string
  readonly topic: string
  /** The group that offsets of what was read are committed to. */
  readonly group: string | undefined
}

/** What of Kafka was granted to a handle; a template that was not resolved grants nothing. */
export function grantedTopic(permissions: readonly Permission[]): GrantedTopic | undefined {
  const kafka = permissions.find((permission) => permission.kind === "kafka")
  if (kafka === undefined || typeof kafka.brokers !== "string" || typeof kafka.topic !== "string")
    return undefined
  const { access, brokers, topic } = kafka
  if (brokers === "" || topic === "") return undefined
  const group = permissions.find((each) => each.kind === "kafka-group" && each.brokers === brokers)
  return {
    access,
    brokers,
    topic,
    group: group?.kind === "kafka-group" && typeof group.group === "string" ? group.group : undefined
  }
}

/** How a node's brokers let it in: by its config, which its pipeline wrote; its plugin has no say in it. */
export type KafkaAccess = Pick<KafkaConfig, "auth" | "tls">

const Access = Schema.fromJsonString(
  Schema.Struct({ auth: KafkaConfig.fields.auth, tls: KafkaConfig.fields.tls })
)

/** Undefined where the config is none of Kafka's. */
export function kafkaAccess({ spec }: NodePlan): KafkaAccess | undefined {
  const read = Schema.decodeUnknownResult(Access)(spec.configJson)
  return read._tag === "Success" ? read.success : undefined
}

/**
 * What connections are made with. INVARIANT: a secret goes to the brokers that it was granted for, and is in no message.
 */
export const clientOptions = Effect.fnUntraced(function* (
  { brokers }: GrantedTopic,
  { auth, tls }: KafkaAccess,
  permissions: readonly Permission[],
  secrets: SecretSource
): Effect.fn.Return<KafkaClientOptions, HostRequestError> {
  const valueOf = Effect.fnUntraced(function* (name: string): Effect.fn.Return<string, HostRequestError> {
    const isGranted = permissions.some(
      (each) => each.kind === "secret" && each.name === name && each.brokers === brokers
    )
    if (!isGranted)
      return yield* Effect.fail(
        kafkaFailure("PERMISSION_DENIED", "the secret was not granted to this handle")
      )
    const value = yield* secrets.value(name)
    if (value !== undefined) return value
    const remedy = `set it with \`millrace secret set ${name}\``
    return yield* Effect.fail(kafkaFailure("SECRET_MISSING", `the secret '${name}' has no value: ${remedy}`))
  })
  const sasl: SaslOptions | undefined =
    auth === undefined
      ? undefined
      : {
          mechanism: auth.mechanism ?? "SCRAM-SHA-512",
          user: auth.user,
          password: yield* valueOf(auth.secret)
        }
  const given = typeof tls === "object" ? tls : {}
  const encrypted: TlsOptions | undefined =
    tls === undefined || tls === false
      ? undefined
      : {
          ...(given.authority === undefined ? {} : { authority: given.authority }),
          ...(given.certificate === undefined ? {} : { certificate: given.certificate }),
          ...(given.key === undefined ? {} : { key: yield* valueOf(given.key) })
        }
  return {
    bootstrap: brokers.split(","),
    requestTimeoutMs: 20_000,
    retryMs: 5_000,
    ...(sasl === undefined ? {} : { sasl }),
    ...(encrypted === undefined ? {} : { tls: encrypted })
  }
})
