import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Kafka } from "kafkajs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, up } from "../input/program.ts"
import { applied, faultsFolder, untilAlert } from "../observe/faults.ts"
import {
  avroBeat,
  beatsIn,
  deleteTopic,
  isRunning,
  isWhole,
  kafkaOf,
  makeTopic,
  prefixOf,
  produce,
  schemaIdOf,
  schemaTextOf,
  statusOf,
  stoodStill,
  takenBy,
  untilError,
  untilOn,
  withField
} from "./fault-stage.ts"
import { canRunKafka } from "./requirements.ts"
import { sharedClusterPatience, sharedClusters } from "./shared.ts"

// What others do to the topics of a running platform: delete them, make them anew, and write into them. Alerts take a tenth of their time.

const [cluster] = sharedClusters

describe.skipIf(!canRunKafka() || cluster === undefined)(
  "a platform whose topics others lay hands on",
  () => {
    const folder = temporaryFolder()
    /** Others use the cluster too. */
    const own = `t${process.pid}-`
    let platform: Platform
    let kafka: Kafka

    beforeAll(async () => {
      process.env["MILLRACE_ALERT_SCALE"] = "0.1"
      const bootstrap = (await cluster?.bootstrap()) ?? []
      kafka = kafkaOf(bootstrap)
      const config = join(folder.path, "millrace.yaml")
      writeFileSync(config, JSON.stringify({ kafka: { brokers: bootstrap, prefix: `m${own}` } }))
      platform = await up({
        data: join(folder.path, "data"),
        publish: [faultsFolder],
        flags: ["--config", config]
      })
    }, sharedClusterPatience)
    afterAll(async () => {
      delete process.env["MILLRACE_ALERT_SCALE"]
      await platform.stop()
      folder.remove()
    })

    const command = async (...args: readonly string[]): Promise<string> => {
      const { exit, stderr, stdout } = await platform.command(...args)
      assert.strictEqual(exit, 0, stderr)
      return stdout
    }

    it("tells of an output that was deleted, and goes on behind what it had written when it is there again", async () => {
      const name = `${own}output`
      await applied(platform, { name })
      await untilOn(platform, name)
      await command("pipeline", "pause", name)
      const written = await stoodStill(platform, name)
      const before = await beatsIn(kafka, platform, `${name}.out`, written - 1)
      assert.lengthOf(before, written)
      await deleteTopic(kafka, `${name}.out`)
      await command("pipeline", "resume", name)
      assert.include(await untilError(platform, name, "body", "TRANSPORT_TOPIC_GONE"), `${name}.out`)
      await untilAlert(platform, "retrying", { pipeline: name }, { state: "firing", seconds: 100 })
      await makeTopic(kafka, `${name}.out`)
      await isRunning(platform, name)
      const after = await beatsIn(kafka, platform, `${name}.out`, written + 50)
      assert.deepStrictEqual(
        after,
        after.map((_, index) => written + index)
      )
      await command("pipeline", "delete", name)
    }, 300_000)

    it("tells of an input that was deleted, and reads the one that is made anew from its start, once it is set back", async () => {
      const name = `${own}input`
      await applied(platform, { name })
      await untilOn(platform, name)
      await deleteTopic(kafka, `${name}.beats`)
      assert.include(await untilError(platform, name, "body", "TRANSPORT_TOPIC_GONE"), `${name}.beats`)
      await untilAlert(platform, "retrying", { pipeline: name }, { state: "firing", seconds: 100 })
      const written = await takenBy(platform, name)
      await makeTopic(kafka, `${name}.beats`)
      assert.include(await untilError(platform, name, "body", "TRANSPORT_TOPIC_RESET"), `${name}.beats`)
      await untilAlert(platform, "down", { pipeline: name }, { state: "firing", seconds: 100 })
      await command("pipeline", "reset", name, "--to", "0", "--yes")
      await isRunning(platform, name)
      const beats = await beatsIn(kafka, platform, `${name}.out`, written + 200)
      const [first = 0, ...rest] = beats.slice(written)
      assert.isAtLeast(first, written)
      assert.deepStrictEqual(
        rest,
        rest.map((_, index) => first + 1 + index)
      )
      await command("pipeline", "delete", name)
    }, 300_000)

    it("does not take the records of a topic that was made anew and filled beyond its place for those that follow", async () => {
      const name = `${own}filled`
      await applied(platform, { name })
      await untilOn(platform, name)
      const schemaId = await schemaIdOf(platform, `${name}.beats`)
      await command("pipeline", "pause", name)
      const written = await stoodStill(platform, name)
      await deleteTopic(kafka, `${name}.beats`)
      await makeTopic(kafka, `${name}.beats`)
      // More offsets than the task's place, which counts the markers of transactions too.
      const others = Array.from({ length: 5 * written }, (_, index) => 1_000_000 + index)
      await produce(
        kafka,
        `${name}.beats`,
        others.map((n) => avroBeat(schemaId, `other-${n}`, n))
      )
      // It may have failed by the time that the command looks.
      await platform.command("pipeline", "resume", name)
      assert.match(
        await untilError(platform, name, "body", "TRANSPORT_TOPIC_RESET"),
        /was deleted and made anew.*millrace pipeline reset/
      )
      assert.strictEqual(await takenBy(platform, name), written)
      await command("pipeline", "reset", name, "--to", "0", "--yes")
      const beats = await beatsIn(kafka, platform, `${name}.out`, 1_000_000 + others.length - 1)
      assert.deepStrictEqual(beats.slice(written, written + others.length), others)
      await command("pipeline", "delete", name)
    }, 300_000)

    it("sets records aside that are none of a stream's, says why, and keeps the others in their order", async () => {
      const name = `${own}foreign`
      await applied(platform, { name })
      await untilOn(platform, name)
      const schemaId = await schemaIdOf(platform, `${name}.beats`)
      const other = await schemaIdOf(
        platform,
        `${name}.beats`,
        '{"type":"record","name":"Else","fields":[{"name":"x","type":"double"}]}'
      )
      const newer = await schemaIdOf(
        platform,
        `${name}.beats`,
        withField(await schemaTextOf(platform, `${name}.beats`), { name: "more", type: "string" })
      )
      const good = avroBeat(schemaId, "x", 7_000_001)
      await produce(kafka, `${name}.beats`, [
        good,
        Buffer.concat([Buffer.from([9]), good.subarray(1)]),
        avroBeat(99_999, "x", 7_000_002),
        good.subarray(0, -2),
        Buffer.alloc(0),
        avroBeat(schemaId, "x", 7_000_003),
        Buffer.concat([prefixOf(other), Buffer.alloc(8)]),
        // Without its newest field, and with it.
        avroBeat(newer, "x", 7_000_004),
        Buffer.concat([avroBeat(newer, "x", 7_000_005), Buffer.from([2, 97])]),
        avroBeat(schemaId, "x", 7_000_006)
      ])
      const beats = await beatsIn(kafka, platform, `${name}.out`, 7_000_006)
      assert.deepStrictEqual(
        beats.filter((n) => n > 7_000_000),
        [7_000_001, 7_000_003, 7_000_005, 7_000_006]
      )
      assert.isTrue(isWhole(beats.filter((n) => n < 7_000_000)))
      const letters: readonly { readonly code: string; readonly node: string; readonly offset: string }[] =
        JSON.parse(await command("dlq", "list", name, "--json"))
      assert.deepStrictEqual(
        letters.toSorted((one, other) => Number(one.offset) - Number(other.offset)).map(({ code }) => code),
        [
          "RECORD_UNREADABLE",
          "SCHEMA_UNKNOWN",
          "RECORD_INVALID",
          "RECORD_UNREADABLE",
          "SCHEMA_INCOMPATIBLE",
          "RECORD_INVALID"
        ]
      )
      assert.isTrue(letters.every(({ node }) => node === "body"))
      assert.strictEqual((await statusOf(platform, name)).deadLetters, letters.length)
      assert.match(
        await (await fetch(`${platform.url}/metrics`)).text(),
        new RegExp(`failed.*${name}.*body.* 6`)
      )
      await untilAlert(platform, "dead-letters", { pipeline: name }, { state: "firing", seconds: 100 })
      await command("pipeline", "delete", name)
    }, 300_000)
  }
)
