import { randomBytes, randomUUID } from "node:crypto"
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { compareFlights } from "../../examples/flights/compare.ts"
import { prepareFlights } from "../../examples/flights/prepare.ts"
import { command, root, temporaryFolder, until } from "../input/program.ts"
import { type PostgresServer, startPostgres } from "../postgres/server.ts"
import { type Starting, startUp } from "../postgres/start-up.ts"
import { hasKafka } from "../tools.ts"
import { sharedClusterPatience, sharedClusters } from "./shared.ts"

const plugins = ["files", "filter", "project", "lookup-join", "window"]
const [cluster] = sharedClusters
const patience = 600_000

// docs/how-to/postgresql.md, "On Kafka".
describe.skipIf(!hasKafka || cluster === undefined)("platforms on Kafka that share a database", () => {
  const folder = temporaryFolder()
  let server: PostgresServer
  let bootstrap: readonly string[] = []

  beforeAll(async () => {
    await prepareFlights("20k")
    bootstrap = (await cluster?.bootstrap()) ?? []
    server = await startPostgres()
  }, sharedClusterPatience)

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    folder.remove()
  })

  const place = (name: string) => join(folder.path, name)

  /** Topics, groups and streams of names that nobody else has on the cluster. */
  const settle = (name: string, settings: object) => {
    const own = `t${randomUUID().slice(0, 8)}.`
    const example = place(`${name}-flights`)
    cpSync(join(root, "examples/flights"), example, {
      recursive: true,
      filter: (path) => !path.includes("/out")
    })
    const file = join(example, "flights.pipeline.yaml")
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("stream: us.", `stream: s${own}`))
    const config = place(`${name}.yaml`)
    writeFileSync(config, JSON.stringify({ kafka: { brokers: bootstrap, prefix: own }, ...settings }))
    return { config, example, file }
  }

  const handled = async (platform: Starting, url: string): Promise<number> => {
    const { text } = await platform.call(`${url}/api/status/flights`)
    const status: {
      readonly nodes?: readonly { readonly node: string; readonly totals: { readonly in: number } }[]
    } = JSON.parse(text)
    return status.nodes?.find(({ node }) => node === "departures")?.totals.in ?? 0
  }

  const completed = (platform: Starting, url: string) =>
    until(
      () => platform.call(`${url}/api/status/flights`),
      ({ text }) => text.includes('"state":"completed","revision"') || text.includes('"failed"')
    )

  it(
    "lose and repeat nothing where the leader is killed, though each has a data folder of its own",
    { timeout: patience },
    async () => {
      const seedFile = place("seed")
      writeFileSync(seedFile, randomBytes(32).toString("hex"))
      const secretKeyFile = place("secrets.key")
      writeFileSync(secretKeyFile, randomBytes(32).toString("base64"))
      const database = await server.createDatabase()
      const { config, example, file } = settle("apart", { seedFile, secretKeyFile })
      const publish = plugins.flatMap((name) => ["--publish", join(root, "plugins", name)])
      await using leader = startUp(place("one"), database, ["--config", config, ...publish])
      const leads = await leader.up()
      await using standby = startUp(place("two"), database, ["--config", config])
      await standby.standsBy()
      const token = readFileSync(join(place("one"), "token"), "utf8").trim()
      const applied = await until(
        () =>
          command(["apply", file, "--grant", "--url", leads], {
            env: { MILLRACE_TOKEN: token }
          }),
        ({ exit }) => exit === 0
      )
      assert.strictEqual(applied.exit, 0, applied.stderr)
      await until(
        () => handled(leader, leads),
        (records) => records > 2_000
      )
      leader.kill("SIGKILL")
      const takenOver = await standby.up()
      await completed(standby, takenOver)
      for (const { equal, name } of compareFlights("20k", join(example, "out"))) assert.isTrue(equal, name)
    }
  )

  it(
    "wait for a data folder that they share until the one that led has ended, and go on from it",
    { timeout: patience },
    async () => {
      const database = await server.createDatabase()
      const { config } = settle("shared", {})
      await using leader = startUp(place("both"), database, ["--config", config])
      await leader.up()
      await using standby = startUp(place("both"), database, ["--config", config])
      await standby.standsBy()
      leader.kill("SIGSTOP")
      const told = await until(
        () => standby.said(),
        (said) => /waits for its data folder|error/.test(said)
      )
      assert.include(told, "waits for its data folder")
      leader.kill("SIGCONT")
      assert.strictEqual(await leader.ended(), 69)
      const at = await standby.up()
      assert.strictEqual((await standby.call(`${at}/api/packages`)).status, 200)
    }
  )
})
