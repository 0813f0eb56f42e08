import assert from "node:assert/strict"
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from "kafkajs"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, describe, it } from "vitest"
import type { KafkaClient } from "../../runtime/src/transport/kafka/client/kafka-client.ts"
import { kafkajsClient } from "../../runtime/src/transport/kafka/client/kafkajs-client.ts"
import type { KafkaClientOptions } from "../../runtime/src/transport/kafka/client/open-client.ts"
import { platformaticClient } from "../../runtime/src/transport/kafka/client/platformatic-client.ts"
import {
  makeStage,
  refusalOf,
  takeOver,
  transact,
  write
} from "../../runtime/src/transport/kafka/client/testing/stage.ts"
import type { SaslOptions, TlsOptions } from "../../runtime/src/transport/kafka/client/wire.ts"
import { canRunKafka } from "./requirements.ts"
import { startCluster } from "./cluster.ts"
import type { Cluster } from "./cluster.ts"
import { releases } from "./releases.ts"
import type { Release } from "./releases.ts"
import { sharedClusterPatience } from "./shared.ts"

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }

const password = "swordfish-7"

/** An unsecured token (RFC 7515, algorithm `none`), as the broker's default validator for tests takes it. */
export const unsecuredToken = (user: string): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
  const now = Math.floor(Date.now() / 1_000)
  return `${part({ alg: "none" })}.${part({ sub: user, iat: now, exp: now + 3_600 })}.`
}

const ways: readonly SaslOptions[] = [
  { mechanism: "PLAIN", user: "alice", password },
  { mechanism: "SCRAM-SHA-256", user: "alice", password },
  { mechanism: "SCRAM-SHA-512", user: "alice", password },
  { mechanism: "OAUTHBEARER", token: () => Promise.resolve(unsecuredToken("alice")) }
]

const forAlice = { principal: "User:alice", host: "*", permissionType: AclPermissionTypes.ALLOW }

/** All that the user needs whose things have names that begin with `client-`. */
const rules = [AclResourceTypes.TOPIC, AclResourceTypes.GROUP, AclResourceTypes.TRANSACTIONAL_ID].map(
  (resourceType) => ({
    ...forAlice,
    resourceType,
    resourceName: "client-",
    resourcePatternType: ResourcePatternTypes.PREFIXED,
    operation: AclOperationTypes.ALL
  })
)

interface Room {
  readonly cluster: () => Cluster
  readonly open: (
    makeClient: (options: KafkaClientOptions) => KafkaClient,
    sasl: SaslOptions,
    tls?: TlsOptions
  ) => KafkaClient
}

const room = (version: Release): Room => {
  const scope = Effect.runSync(Scope.make())
  const opened: KafkaClient[] = []
  let cluster: Cluster | undefined
  const theCluster = (): Cluster => {
    assert.ok(cluster)
    return cluster
  }
  beforeAll(async () => {
    const security = {
      sasl: ways.map(({ mechanism }) => mechanism),
      users: { alice: password },
      tls: "server",
      authorizer: true
    } as const
    cluster = await Effect.runPromise(startCluster({ version, security }).pipe(Scope.provide(scope)))
    await Effect.runPromise(cluster.allow(rules))
  }, sharedClusterPatience)
  afterAll(async () => {
    await Promise.all(opened.map((client) => client.close()))
    await Effect.runPromise(Scope.close(scope, Exit.void))
  })
  return {
    cluster: theCluster,
    open: (makeClient, sasl, tls) => {
      const { bootstrap, certificates } = theCluster()
      const client = makeClient({
        bootstrap,
        sasl,
        tls: tls ?? { authority: certificates?.authority ?? "" },
        retryMs: 3_000,
        connectTimeoutMs: 5_000
      })
      opened.push(client)
      return client
    }
  }
}

/** What a client must do where brokers ask who is there, speak TLS, and enforce ACLs. */
export const securityCases = (version: Release): void => {
  describe.skipIf(!canRunKafka())(`Kafka ${releases[version]} with TLS, SASL and ACLs`, () => {
    const { cluster, open } = room(version)
    for (const [library, makeClient] of Object.entries(clients))
      describe(`over ${library}`, () => {
        for (const way of ways)
          it(`lets a user in by ${way.mechanism}, who writes a transaction`, async () => {
            const client = open(makeClient, way)
            const stage = makeStage(client, client)
            const topic = await stage.topic()
            const producer = await takeOver(client, stage.name("id"))
            await transact(client, producer, topic, ["in"], 0, "commit")
          })

        for (const way of ways)
          it(`says that ${way.mechanism} was refused, without the secret`, async () => {
            const secret = "wrong-secret-42"
            const wrong: SaslOptions =
              way.mechanism === "OAUTHBEARER"
                ? { mechanism: way.mechanism, token: () => Promise.resolve(secret) }
                : { ...way, password: secret }
            const error = await refusalOf(open(makeClient, wrong).topics())
            assert.equal(error.kind, "AUTHENTICATION_FAILED")
            assert.deepEqual([error.retriable, error.indefinite], [false, false])
            assert.ok(!JSON.stringify(error).includes(secret) && !error.message.includes(secret))
            assert.ok(error.message.includes(cluster().bootstrap[0] ?? "nowhere"))
          })

        it("refuses a broker whose certificate nobody vouches for", async () => {
          const [way] = ways
          assert.ok(way)
          const error = await refusalOf(open(makeClient, way, {}).topics())
          assert.equal(error.kind, "TLS_FAILED")
          assert.equal(error.retriable, false)
        })

        it("says which topic, group and transactional id a user may not use", async () => {
          const [way] = ways
          assert.ok(way)
          const client = open(makeClient, way)
          const topic = await refusalOf(write(client, "secrets", ["let me in"]))
          assert.equal(topic.kind, "TOPIC_AUTHORIZATION_FAILED")
          assert.match(topic.message, /secrets.*ACL/)
          assert.equal(topic.retriable, false)
          const id = await refusalOf(takeOver(client, "others"))
          assert.equal(id.kind, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED")
          const group = await refusalOf(client.fetchOffsets("others", [{ topic: "secrets", partition: 0 }]))
          assert.equal(group.kind, "GROUP_AUTHORIZATION_FAILED")
          const [made] = await client.createTopics([{ name: "secrets", partitions: 1 }])
          assert.ok(/AUTHORIZATION_FAILED/.test(made?.error?.kind ?? ""), made?.error?.message)
        })

        it("says that a listener wants TLS, or no connection could be made, in a bounded time", async () => {
          const { bootstrap, inside } = cluster()
          const plain = makeClient({
            bootstrap,
            retryMs: 200,
            connectTimeoutMs: 2_000,
            requestTimeoutMs: 2_000
          })
          const untold = await refusalOf(plain.topics())
          assert.ok(["TLS_FAILED", "CONNECTION_LOST", "NO_ANSWER"].includes(untold.kind), untold.message)
          const tls = makeClient({ bootstrap: inside, tls: {}, retryMs: 200, connectTimeoutMs: 2_000 })
          const unspoken = await refusalOf(tls.topics())
          assert.ok(
            ["TLS_FAILED", "CONNECTION_REFUSED", "CONNECTION_LOST"].includes(unspoken.kind),
            unspoken.message
          )
          const nobody = makeClient({ bootstrap: ["127.0.0.1:1"], retryMs: 200 })
          const refused = await refusalOf(nobody.topics())
          assert.equal(refused.kind, "CONNECTION_REFUSED")
          assert.match(refused.message, /127\.0\.0\.1:1/)
        })
      })
  })
}
