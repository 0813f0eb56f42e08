import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { command, root, temporaryFolder, until } from "../input/program.ts"
import { type PostgresServer, startPostgres } from "./server.ts"
import { type Starting, startUp } from "./start-up.ts"

// Platforms whose registry is in PostgreSQL, as their operators start and kill them.

const folder = temporaryFolder()
const secret = /p@ss:w|p%40ss/

const ticksFile = join(folder.path, "ticks.pipeline.yaml")
const plugins = relative(folder.path, join(root, "test/platform/fixtures/ticks.ts"))
writeFileSync(
  ticksFile,
  `pipeline: ticks\nowner: proof\nnodes:\n  gen: { source: "${plugins}#gen", with: { total: 20 }, stream: t.ticks }\n`
)

/** Within what another has to lead when a leader is gone. */
const within = 10_000

describe("millrace up --database", () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    folder.remove()
  })
  const place = (name: string) => join(folder.path, name)

  /** Answers when the pipeline has ended, as a platform tells it. */
  const completed = async (platform: Starting, url: string): Promise<void> => {
    await until(
      () => platform.call(`${url}/api/status/ticks`),
      ({ text }) => text.includes("completed")
    )
  }

  it("keeps what it is told in the database, and goes on from it", async () => {
    const url = await server.createDatabase()
    const data = place("kept")
    {
      await using platform = startUp(data, url, ["--apply", ticksFile, "--grant"])
      const at = await platform.up()
      await completed(platform, at)
      assert.isFalse(existsSync(join(data, "registry/registry.db")))
      assert.isFalse(existsSync(join(data, "registry/bundles")))
      platform.kill("SIGKILL")
      await platform.ended()
    }
    await using again = startUp(data, url)
    const at = await again.up()
    await completed(again, at)
    const backup = await command(["backup", place("b.tar.zst"), "--data", data])
    assert.strictEqual(backup.errors[0]?.code, "BACKUP_REGISTRY_ELSEWHERE")
    assert.include(backup.errors[0]?.remedy, "pg_dump")
    again.kill("SIGTERM")
    assert.strictEqual(await again.ended(), 143)
    assert.notMatch(again.said() + backup.stderr, secret)
  })

  it("tells clearly what it cannot do while the database is away, and goes on when it is back", async () => {
    await using away = await startPostgres()
    const data = place("away")
    await using platform = startUp(data, await away.createDatabase(), ["--apply", ticksFile, "--grant"])
    const at = await platform.up()
    const packages = () => platform.call(`${at}/api/packages`)
    assert.strictEqual((await packages()).status, 200)
    await away.kill()
    for (const reply of await Promise.all(Array.from({ length: 20 }, packages))) {
      assert.strictEqual(reply.status, 503)
      assert.include(reply.text, "STORE_FAILED")
      assert.notMatch(reply.text, secret)
    }
    await away.start()
    await until(packages, ({ status }) => status === 200)
    await completed(platform, at)
    assert.notMatch(platform.said(), secret)
  })

  it("stands by while another leads, lets the registry be read, and names the leader for the rest", async () => {
    const url = await server.createDatabase()
    const data = place("standby")
    await using leader = startUp(data, url, ["--apply", ticksFile, "--grant"])
    const leads = await leader.up()
    await completed(leader, leads)
    await using standby = startUp(data, url)
    const waits = await standby.standsBy()
    const listed = await standby.call(`${waits}/api/pipelines`)
    assert.strictEqual(listed.status, 200)
    assert.include(listed.text, "ticks")
    const named = await until(
      () => standby.call(`${waits}/api/tokens`, "POST", { name: "x", scopes: ["publish"] }),
      ({ text }) => text.includes(leads)
    )
    assert.strictEqual(named.status, 503)
    assert.include(named.text, "NOT_LEADER")
    const status = await standby.call(`${waits}/api/status`)
    assert.include(status.text, "NOT_LEADER")
    // What a load balancer asks: the leader alone is ready, both are well.
    const asked = async (at: string, path: string) => (await fetch(`${at}${path}`)).status
    assert.deepEqual([await asked(leads, "/api/ready"), await asked(waits, "/api/ready")], [200, 503])
    assert.deepEqual([await asked(leads, "/api/health"), await asked(waits, "/api/health")], [200, 200])
    const killedAt = performance.now()
    leader.kill("SIGKILL")
    await until(
      () => standby.said(),
      (said) => said.includes("takes over")
    )
    assert.isBelow(performance.now() - killedAt, within)
    const takenOver = await standby.up()
    await completed(standby, takenOver)
    const issued = await standby.call(`${takenOver}/api/tokens`, "POST", { name: "x", scopes: ["publish"] })
    assert.strictEqual(issued.status, 201, issued.text)
  })

  it("ends when it was stopped for so long that another leads, which then gets the data folder", async () => {
    const url = await server.createDatabase()
    const data = place("stopped")
    await using leader = startUp(data, url)
    await leader.up()
    await using standby = startUp(data, url)
    await standby.standsBy()
    leader.kill("SIGSTOP")
    await until(
      () => standby.said(),
      (said) => said.includes("waits for its data folder")
    )
    leader.kill("SIGCONT")
    assert.strictEqual(await leader.ended(), 69)
    assert.include(leader.said(), "LEADERSHIP_LOST")
    const at = await standby.up()
    assert.strictEqual((await standby.call(`${at}/api/packages`)).status, 200)
  })

  it("refuses a folder and a database that do not go together, and an address that is none", async () => {
    const url = await server.createDatabase()
    const data = place("first")
    {
      await using platform = startUp(data, url)
      await platform.up()
      platform.kill("SIGTERM")
      await platform.ended()
    }
    const refused = async (folderName: string, database: string) => {
      const { errors, exit, stderr } = await command(["up", "--port", "0", "--data", place(folderName)], {
        env: { MILLRACE_DATABASE: database }
      })
      assert.notMatch(stderr, secret)
      return [errors[0]?.code, exit]
    }
    assert.deepEqual(await refused("second", url), ["LOG_ELSEWHERE", 65])
    assert.deepEqual(await refused("first", ""), ["REGISTRY_IN_DATABASE", 65])
    mkdirSync(place("own/registry"), { recursive: true })
    writeFileSync(place("own/registry/registry.db"), "")
    assert.deepEqual(await refused("own", url), ["REGISTRY_IN_FOLDER", 65])
    assert.deepEqual(await refused("third", "postgres://ann:p@ss:word@db"), ["DATABASE_ADDRESS_INVALID", 65])
    const wrong = new URL(url)
    wrong.password = "p@ss:wrong"
    assert.deepEqual(await refused("third", wrong.href), ["REGISTRY_DENIED", 1])
    const nobody = new URL(url)
    nobody.port = "1"
    assert.deepEqual(await refused("third", nobody.href), ["REGISTRY_UNAVAILABLE", 69])
  })
})
