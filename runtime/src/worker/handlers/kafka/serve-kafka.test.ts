import type { HostReply, HostRequestError } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { assert, describe, it } from "vitest"
import type { KafkaClientOptions } from "../../../transport/kafka/client/open-client.ts"
import { nodePlan } from "../../testing/scripted-plan.ts"
import { hostRequests } from "../host-requests.ts"
import { httpDriver } from "../http/http-driver.ts"
import { Refusals } from "../refusals.ts"
import { KafkaClusters } from "./kafka-clusters.ts"

const brokers = "kafka.example:9092"
const read: Permission = { kind: "kafka", brokers, topic: "orders", access: "read" }
const write: Permission = { kind: "kafka", brokers, topic: "orders", access: "write" }
const password: Permission = { kind: "secret", name: "PASSWORD", mode: "inject", brokers }
const auth = { user: "ada", secret: "PASSWORD" }

interface Given {
  readonly permissions: readonly Permission[]
  readonly config?: object
  readonly operation?: string
  readonly handle?: string
  readonly payload?: object
  readonly secrets?: { readonly [name: string]: string }
}

/** Asks as a guest does; what a client would be opened with is noted, and none is. */
const ask = async (given: Given) => {
  const { config = {}, handle = "topic", operation = "partitions", payload = {}, permissions } = given
  const opened: KafkaClientOptions[] = []
  const refusals = new Refusals()
  const clusters = new KafkaClusters((options) => {
    opened.push(options)
    return Promise.reject(new Error("no cluster is here"))
  })
  const plain = nodePlan("n", "p", "source")
  const node = {
    ...plain,
    spec: {
      ...plain.spec,
      configJson: JSON.stringify({ brokers: "evil.example:1", topic: "other", ...config })
    },
    permissions: permissions.map((permission) => ({ handle: "topic", permission }))
  }
  const driver = httpDriver()
  const serve = hostRequests("pipe", [node], {
    driver,
    slots: Semaphore.makeUnsafe(1),
    secrets: { value: (name) => Effect.succeed(given.secrets?.[name]) },
    variable: () => undefined,
    kafka: { clusters, installation: "here", slots: Semaphore.makeUnsafe(4) },
    refusals
  })
  const found: HostReply | HostRequestError = await Effect.runPromise(
    Effect.match(serve({ node: "n", handle, operation, payload, bytes: undefined }), {
      onSuccess: (reply): HostReply | HostRequestError => reply,
      onFailure: (error) => error
    })
  )
  await Promise.all([clusters.close(), driver.destroy()])
  return {
    code: "code" in found ? found.code : "ANSWERED",
    message: "message" in found ? found.message : "",
    opened
  }
}

describe("a plugin's requests to Kafka", () => {
  it("go to the granted brokers, whatever the config says, and to none without a grant", async () => {
    const granted = await ask({ permissions: [read] })
    assert.strictEqual(granted.code, "HOST_FAILED")
    assert.deepStrictEqual(
      granted.opened.map(({ bootstrap }) => bootstrap),
      [[brokers]]
    )
    assert.strictEqual((await ask({ permissions: [] })).code, "PERMISSION_DENIED")
    assert.strictEqual((await ask({ permissions: [read], handle: "other" })).code, "PERMISSION_DENIED")
  })

  it("do what was granted: who may read may not write, nor the other way round", async () => {
    for (const operation of ["send", "publish", "published", "topics"])
      assert.strictEqual((await ask({ permissions: [read], operation })).code, "PERMISSION_DENIED")
    for (const operation of ["fetch", "offset", "request", "reveal"])
      assert.strictEqual((await ask({ permissions: [write], operation })).code, "PERMISSION_DENIED")
  })

  it("log in with secrets that were granted for these brokers, and are set", async () => {
    const config = { auth }
    const elsewhere = { ...password, brokers: "other.example:9092" }
    assert.strictEqual((await ask({ permissions: [read], config })).code, "PERMISSION_DENIED")
    assert.strictEqual(
      (await ask({ permissions: [read, elsewhere], config, secrets: { PASSWORD: "x" } })).code,
      "PERMISSION_DENIED"
    )
    const unset = await ask({ permissions: [read, password], config })
    assert.strictEqual(unset.code, "SECRET_MISSING")
    assert.include(unset.message, "millrace secret set PASSWORD")
    const { message, opened } = await ask({
      permissions: [read, password],
      config: { auth, tls: { authority: "PEM" } },
      secrets: { PASSWORD: "hunter2" }
    })
    assert.deepStrictEqual(opened[0]?.sasl, { mechanism: "SCRAM-SHA-512", user: "ada", password: "hunter2" })
    assert.deepStrictEqual(opened[0]?.tls, { authority: "PEM" })
    assert.notInclude(message, "hunter2")
  })
})
