import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { platformId } from "../../runtime/src/main/kafka/platform-id.ts"
import { kafkajsClient } from "../../runtime/src/transport/kafka/client/kafkajs-client.ts"
import { describeWorkers } from "../../runtime/src/transport/kafka/group/describe-workers.ts"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { applied, faultsFolder } from "../observe/faults.ts"
import { hasKafka } from "../tools.ts"
import { statusOf, stoodStill, takenBy } from "./fault-stage.ts"
import { sharedClusterPatience, sharedClusters } from "./shared.ts"
import { startWorker } from "./start-worker.ts"
import type { StartedWorker } from "./start-worker.ts"

const [cluster] = sharedClusters

describe.skipIf(!hasKafka || cluster === undefined)("a pipeline whose records fail on a worker", () => {
  const folder = temporaryFolder()
  const own = `t${process.pid}-`
  let bootstrap: readonly string[] = []
  let platform: Platform
  let worker: StartedWorker

  beforeAll(async () => {
    bootstrap = (await cluster?.bootstrap()) ?? []
    const config = join(folder.path, "millrace.yaml")
    writeFileSync(config, JSON.stringify({ kafka: { brokers: bootstrap, prefix: `w${own}`, weight: 1 } }))
    platform = await up({
      data: join(folder.path, "data"),
      publish: [faultsFolder],
      flags: ["--config", config]
    })
    worker = await startWorker(platform, {
      folder: join(folder.path, "worker"),
      // The platform leaves it all there is.
      flags: ["--weight", "1000"]
    })
  }, sharedClusterPatience)

  afterAll(async () => {
    if (!worker.ended()) process.kill(worker.pid, "SIGTERM")
    await platform.stop()
    folder.remove()
  })

  /** Waits until the worker has the chain's one task. */
  const untilOnWorker = async (pipeline: string): Promise<void> => {
    const id = platformId(new Uint8Array(readFileSync(join(platform.data, "seed"))))
    const client = kafkajsClient({ bootstrap })
    try {
      await until(
        async () => {
          const { workers } = await describeWorkers(client, `w${own}workers.${id}`)
          return workers.find(({ units }) => units.some((unit) => unit.startsWith(`${pipeline}/body`)))?.label
        },
        (label) => label?.endsWith(`:${worker.pid}`) === true,
        100
      )
    } finally {
      await client.close()
    }
  }

  it("is paused everywhere until somebody resumes it", async () => {
    const name = `${own}failing`
    await applied(platform, { name, body: "does: fails" })
    await untilOnWorker(name)
    assert.notStrictEqual((await statusOf(platform, name)).state, "degraded")
    const isDegraded = () =>
      until(
        () => statusOf(platform, name),
        ({ state }) => state === "degraded",
        200
      )
    await isDegraded()
    const taken = await stoodStill(platform, name)
    // A worker looks at the platform twice a second, and let it go on by then.
    await delay(3_000)
    assert.strictEqual(await takenBy(platform, name), taken)
    assert.strictEqual((await statusOf(platform, name)).state, "degraded")
    await platform.command("pipeline", "resume", name)
    await until(
      () => takenBy(platform, name),
      (now) => now > taken,
      100
    )
    await isDegraded()
  }, 600_000)
})
