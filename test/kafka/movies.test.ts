import { cpSync } from "node:fs"
import { join } from "node:path"
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry"
import { Kafka, logLevel } from "kafkajs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { compareMovies } from "../../examples/movies/compare.ts"
import { prepareMovies } from "../../examples/movies/prepare.ts"
import { root, temporaryFolder, until, up } from "../input/program.ts"
import type { Platform } from "../input/program.ts"
import { hasKafka } from "../tools.ts"
import { sharedClusterPatience, sharedClusters } from "./shared.ts"

const plugins = ["files", "filter", "project", "lookup-join", "count"]
const [cluster] = sharedClusters

// docs/how-to/kafka.md, "A platform on Kafka".
describe.skipIf(!hasKafka || cluster === undefined)("the movies example on Kafka", () => {
  const folder = temporaryFolder()
  const example = join(folder.path, "movies")
  let platform: Platform
  let bootstrap: readonly string[] = []

  beforeAll(async () => {
    prepareMovies()
    bootstrap = (await cluster?.bootstrap()) ?? []
    cpSync(join(root, "examples/movies"), example, {
      recursive: true,
      filter: (path) => !path.includes("/out")
    })
    platform = await up({
      data: join(folder.path, "data"),
      publish: plugins.map((name) => join(root, "plugins", name)),
      flags: ["--kafka", bootstrap.join(",")]
    })
  }, sharedClusterPatience)

  afterAll(async () => {
    await platform.stop()
    folder.remove()
  })

  it("gives what DuckDB derives from the data", { timeout: 120_000 }, async () => {
    const applied = await platform.command("apply", join(example, "movies.pipeline.yaml"), "--grant")
    assert.equal(applied.exit, 0, applied.stderr)
    await until(
      () => platform.command("status", "movies"),
      ({ stdout }) => stdout.startsWith("movies: completed")
    )
    for (const { equal, name } of compareMovies(join(example, "out")).slice(0, 2)) assert.isTrue(equal, name)
  })

  it(
    "lets a plain consumer with a schema registry's client read the named stream",
    { timeout: 60_000 },
    async () => {
      const registry = new SchemaRegistry({ host: `${platform.url}/schema-registry` })
      const consumer = new Kafka({ brokers: [...bootstrap], logLevel: logLevel.NOTHING }).consumer({
        groupId: `watchers-${process.pid}`
      })
      const titles: unknown[] = []
      await consumer.connect()
      try {
        await consumer.subscribe({ topic: "studio.movies", fromBeginning: true })
        await consumer.run({
          eachMessage: async ({ message }) => {
            if (message.value === null) return
            titles.push((await registry.decode(message.value)).title)
          }
        })
        await until(
          () => titles.length,
          (length) => length >= 3_201
        )
      } finally {
        await consumer.disconnect()
      }
      assert.lengthOf(titles, 3_201)
      assert.include(titles, "The Land Girls")
    }
  )
})
