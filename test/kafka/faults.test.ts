import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { PipelineStatus } from "@millrace/sdk/api"
import { ConfigResourceTypes } from "kafkajs"
import type { Kafka } from "kafkajs"
import * as Schema from "effect/Schema"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { applied, faultsFolder, untilAlert } from "../observe/faults.ts"
import { canRunKafka } from "./requirements.ts"
import { beatsIn, isWhole, kafkaOf, metricOf, withAdmin } from "./fault-stage.ts"
import { openCluster } from "./running-cluster.ts"
import type { RunningCluster } from "./running-cluster.ts"
import { sharedClusterPatience } from "./shared.ts"

// What goes wrong on Kafka, on a whole platform and a broker of its own: what an operator sees while it lasts, and that nothing is lost
// and nothing twice once it is over. Alerts take a tenth of their time.

const folder = temporaryFolder()
let cluster: RunningCluster
let platform: Platform
let kafka: Kafka

const decodeStatus = Schema.decodeUnknownSync(PipelineStatus)
const statusOf = async (pipeline: string): Promise<PipelineStatus> =>
  decodeStatus((await platform.get(`/api/status/${pipeline}`)).body)

/** Waits until a task of the chain tells an error of this code; answers its message. */
const untilError = async (pipeline: string, chain: string, code: string): Promise<string> => {
  const found = await until(
    async () => (await statusOf(pipeline)).tasks.find((task) => task.chain === chain)?.error,
    (error) => error?.code === code,
    100
  )
  return found?.message ?? ""
}

const takenBy = async (pipeline: string, node: string): Promise<number> =>
  (await statusOf(pipeline)).nodes.find((each) => each.node === node)?.totals.in ?? 0

/** Waits until the pipeline has come on by some records. */
const untilOn = async (pipeline: string, node = "body"): Promise<number> => {
  const from = await takenBy(pipeline, node)
  return until(
    () => takenBy(pipeline, node),
    (taken) => taken > from + 50,
    100
  )
}

const isRunning = (pipeline: string) =>
  until(
    () => statusOf(pipeline),
    ({ tasks }) => tasks.every(({ state }) => state === "running" || state === "waiting"),
    100
  )

/** Beats come out whole, as many as were taken at least. */
const assertWhole = async (pipeline: string): Promise<void> => {
  const beats = await beatsIn(kafka, platform, `${pipeline}.out`, (await untilOn(pipeline)) - 20)
  assert.isTrue(isWhole(beats), `${pipeline}: ${beats.length} beats`)
}

const setLimit = (topic: string, bytes: number) =>
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

describe.skipIf(!canRunKafka())("a platform on a Kafka that fails", () => {
  beforeAll(async () => {
    process.env["MILLRACE_ALERT_SCALE"] = "0.1"
    cluster = await openCluster({
      config: {
        "transactional.id.expiration.ms": "8000",
        "transaction.remove.expired.transaction.cleanup.interval.ms": "1000",
        "producer.id.expiration.ms": "8000",
        "producer.id.expiration.check.interval.ms": "1000"
      }
    })
    kafka = kafkaOf(cluster.bootstrap)
    platform = await up({
      data: join(folder.path, "data"),
      publish: [faultsFolder],
      flags: ["--kafka", cluster.bootstrap.join(",")]
    })
  }, sharedClusterPatience)
  afterAll(async () => {
    delete process.env["MILLRACE_ALERT_SCALE"]
    await platform.stop()
    await cluster.close("hard")
    folder.remove()
  })

  it("waits for a broker that is gone for a minute, says so everywhere, and goes on by itself", async () => {
    await applied(platform, { name: "gone" })
    await untilOn("gone")
    await cluster.kill(1)
    const back = delay(60_000)
    await untilAlert(platform, "transport-unavailable", {}, { state: "firing" })
    assert.match(await untilError("gone", "body", "TRANSPORT_UNAVAILABLE"), /127\.0\.0\.1/)
    const began = performance.now()
    assert.isAbove(await metricOf(platform, "millrace_transport_silent_seconds"), 2)
    const { stdout } = await platform.command("status")
    assert.include(stdout, "Kafka does not answer")
    assert.isBelow(performance.now() - began, 15_000)
    await back
    await cluster.start(1)
    await untilAlert(platform, "transport-unavailable", {}, { state: "resolved", seconds: 60 })
    await isRunning("gone")
    await assertWhole("gone")
    assert.strictEqual(await metricOf(platform, "millrace_transport_silent_seconds"), 0)
    await platform.command("pipeline", "delete", "gone")
  }, 400_000)

  it("begins a transaction anew where Kafka has forgotten the producer", async () => {
    await applied(platform, { name: "expired" })
    await untilOn("expired")
    await platform.command("pipeline", "pause", "expired")
    await delay(15_000)
    await platform.command("pipeline", "resume", "expired")
    await assertWhole("expired")
    await platform.command("pipeline", "delete", "expired")
  }, 200_000)

  it("begins a transaction anew where it was stopped for longer than Kafka keeps one open", async () => {
    await applied(platform, { name: "stopped" })
    await untilOn("stopped")
    process.kill(platform.pid, "SIGSTOP")
    await delay(45_000)
    process.kill(platform.pid, "SIGCONT")
    await assertWhole("stopped")
    await isRunning("stopped")
    await platform.command("pipeline", "delete", "stopped")
  }, 300_000)

  it("cuts batches to what a topic takes, and tells a record that it cannot cut until the limit is raised", async () => {
    await withAdmin(kafka, (admin) =>
      admin.createTopics({
        topics: [
          {
            topic: "large.out",
            numPartitions: 1,
            configEntries: [
              { name: "max.message.bytes", value: "400" },
              { name: "retention.ms", value: "-1" }
            ]
          }
        ]
      })
    )
    await applied(platform, { name: "large" })
    await untilOn("large")
    await setLimit("large.out", 90)
    assert.match(await untilError("large", "body", "TRANSPORT_TOO_LARGE"), /large\.out.*90/)
    await untilAlert(platform, "retrying", { pipeline: "large" }, { state: "firing", seconds: 100 })
    await setLimit("large.out", 100_000)
    await assertWhole("large")
    await platform.command("pipeline", "delete", "large")
  }, 300_000)
})
