import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { Kafka } from "kafkajs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, up } from "../input/program.ts"
import { applied, faultsFolder, untilAlert } from "../observe/faults.ts"
import { canRunKafka } from "./requirements.ts"
import {
  assertWhole,
  isRunning,
  kafkaOf,
  makeTopic,
  metricOf,
  setLimit,
  untilError,
  untilOn
} from "./fault-stage.ts"
import { openCluster } from "./running-cluster.ts"
import type { RunningCluster } from "./running-cluster.ts"
import { sharedClusterPatience } from "./shared.ts"

// What goes wrong on Kafka, on a whole platform and a broker of its own: what an operator sees while it lasts, and that nothing is lost
// and nothing twice once it is over. Alerts take a tenth of their time.

const folder = temporaryFolder()
let cluster: RunningCluster
let platform: Platform
let kafka: Kafka

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
    await untilOn(platform, "gone")
    await cluster.kill(1)
    const back = delay(60_000)
    await untilAlert(platform, "transport-unavailable", {}, { state: "firing" })
    assert.match(await untilError(platform, "gone", "body", "TRANSPORT_UNAVAILABLE"), /127\.0\.0\.1/)
    const began = performance.now()
    assert.isAbove(await metricOf(platform, "millrace_transport_silent_seconds"), 2)
    const { stdout } = await platform.command("status")
    assert.include(stdout, "Kafka does not answer")
    assert.isBelow(performance.now() - began, 15_000)
    await back
    await cluster.start(1)
    await untilAlert(platform, "transport-unavailable", {}, { state: "resolved", seconds: 60 })
    await isRunning(platform, "gone")
    await assertWhole(kafka, platform, "gone")
    assert.strictEqual(await metricOf(platform, "millrace_transport_silent_seconds"), 0)
    await platform.command("pipeline", "delete", "gone")
  }, 400_000)

  it("begins a transaction anew where Kafka has forgotten the producer", async () => {
    await applied(platform, { name: "expired" })
    await untilOn(platform, "expired")
    await platform.command("pipeline", "pause", "expired")
    await delay(15_000)
    await platform.command("pipeline", "resume", "expired")
    await assertWhole(kafka, platform, "expired")
    await platform.command("pipeline", "delete", "expired")
  }, 200_000)

  it("begins a transaction anew where it was stopped for longer than Kafka keeps one open", async () => {
    await applied(platform, { name: "stopped" })
    await untilOn(platform, "stopped")
    process.kill(platform.pid, "SIGSTOP")
    await delay(45_000)
    process.kill(platform.pid, "SIGCONT")
    await assertWhole(kafka, platform, "stopped")
    await isRunning(platform, "stopped")
    await platform.command("pipeline", "delete", "stopped")
  }, 300_000)

  it("cuts batches to what a topic takes, and tells a record that it cannot cut until the limit is raised", async () => {
    await makeTopic(kafka, "large.out", { "max.message.bytes": "400" })
    await applied(platform, { name: "large" })
    await untilOn(platform, "large")
    await setLimit(kafka, "large.out", 90)
    assert.match(await untilError(platform, "large", "body", "TRANSPORT_TOO_LARGE"), /large\.out.*90/)
    await untilAlert(platform, "retrying", { pipeline: "large" }, { state: "firing", seconds: 100 })
    await setLimit(kafka, "large.out", 100_000)
    await assertWhole(kafka, platform, "large")
    await platform.command("pipeline", "delete", "large")
  }, 300_000)
})
