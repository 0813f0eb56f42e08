import { cpSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from "kafkajs"
import type { AclEntry, Kafka } from "kafkajs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { compareMovies } from "../../examples/movies/compare.ts"
import { prepareMovies } from "../../examples/movies/prepare.ts"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { kafkaOf, withAdmin } from "./fault-stage.ts"
import { canRunKafka } from "./requirements.ts"
import { openCluster } from "./running-cluster.ts"
import type { RunningCluster } from "./running-cluster.ts"
import { sharedClusterPatience } from "./shared.ts"
import { startWorker } from "./start-worker.ts"
import { startUp } from "./up-process.ts"

// A cluster that asks who is there and what they may do, set up as docs/how-to/kafka.md says it, "A secured cluster".

const password = "swordfish-7"
const wrong = "not-the-password-42"
const principal = "User:millrace"

const rule = (
  resourceType: AclResourceTypes,
  resourceName: string,
  operation: AclOperationTypes,
  more: Partial<AclEntry> = {}
): AclEntry => ({
  principal,
  host: "*",
  permissionType: AclPermissionTypes.ALLOW,
  resourcePatternType: ResourcePatternTypes.LITERAL,
  resourceType,
  resourceName,
  operation,
  ...more
})

const prefixed = { resourcePatternType: ResourcePatternTypes.PREFIXED }
const streams = ["studio.movies", "studio.director-counts", "movies.dead-letters"]

/** The table of the how-to, line by line. */
const rules: readonly AclEntry[] = [
  rule(AclResourceTypes.TOPIC, "millrace.", AclOperationTypes.ALL, prefixed),
  ...streams.flatMap((stream) =>
    [
      AclOperationTypes.READ,
      AclOperationTypes.WRITE,
      AclOperationTypes.DESCRIBE,
      AclOperationTypes.DESCRIBE_CONFIGS,
      AclOperationTypes.CREATE
    ].map((operation) => rule(AclResourceTypes.TOPIC, stream, operation))
  ),
  ...[AclOperationTypes.READ, AclOperationTypes.DESCRIBE].map((operation) =>
    rule(AclResourceTypes.GROUP, "millrace.", operation, prefixed)
  ),
  ...[AclOperationTypes.WRITE, AclOperationTypes.DESCRIBE].map((operation) =>
    rule(AclResourceTypes.TRANSACTIONAL_ID, "millrace.", operation, prefixed)
  )
]

describe.skipIf(!canRunKafka())("a platform on a secured cluster", () => {
  const folder = temporaryFolder()
  const config = join(folder.path, "millrace.yaml")
  let cluster: RunningCluster
  let kafka: Kafka
  let platform: Platform | undefined

  const theConfig = (): string =>
    [
      "kafka:",
      `  brokers: [${cluster.bootstrap.join(", ")}]`,
      "  user: millrace",
      "  password: ${KAFKA_PASSWORD}",
      "  mechanism: SCRAM-SHA-512",
      "  tls:",
      "    ca: authority.pem"
    ].join("\n")
  const allow = (acl: readonly AclEntry[]) => withAdmin(kafka, (admin) => admin.createAcls({ acl: [...acl] }))
  const running = (): Platform => {
    if (platform === undefined) throw new Error("the platform did not come up")
    return platform
  }

  beforeAll(async () => {
    prepareMovies()
    cluster = await openCluster({
      security: {
        sasl: ["SCRAM-SHA-512"],
        users: { millrace: password },
        tls: "server",
        authorizer: true
      }
    })
    kafka = kafkaOf(cluster.inside)
    writeFileSync(join(folder.path, "authority.pem"), cluster.certificates?.authority ?? "")
    writeFileSync(config, theConfig())
  }, sharedClusterPatience)
  afterAll(async () => {
    delete process.env["KAFKA_PASSWORD"]
    await platform?.stop()
    await cluster.close("hard")
    folder.remove()
  })

  it("ends at the start where the password is wrong, or nothing is allowed, and says what to mend", async () => {
    const data = join(folder.path, "refused")
    const stranger = startUp(["--data", data, "--config", config], { KAFKA_PASSWORD: wrong })
    assert.strictEqual(await stranger.ended(), 77, stranger.errors())
    assert.match(
      stranger.errors(),
      /KAFKA_AUTHENTICATION_FAILED[^]*127\.0\.0\.1[^]*where: 127\.0\.0\.1[^]*remedy: .*password/
    )
    assert.notInclude(stranger.errors(), wrong)
    const powerless = startUp(["--data", data, "--config", config], { KAFKA_PASSWORD: password })
    assert.strictEqual(await powerless.ended(), 77, powerless.errors())
    assert.match(powerless.errors(), /KAFKA_UNAUTHORIZED[^]*millrace\.checkpoints[^]*remedy: .*ACLs/)
    assert.notInclude(powerless.errors(), password)
  }, 300_000)

  it("runs the movies by the how-to's config and ACLs, with a worker beside it", async () => {
    await allow(rules)
    process.env["KAFKA_PASSWORD"] = password
    const example = join(folder.path, "movies")
    cpSync(join(root, "examples/movies"), example, {
      recursive: true,
      filter: (path) => !path.includes("/out")
    })
    platform = await up({
      data: join(folder.path, "data"),
      publish: ["files", "filter", "project", "lookup-join", "count"].map((name) =>
        join(root, "plugins", name)
      ),
      flags: ["--config", config]
    })
    const worker = await startWorker(platform, {
      folder: join(folder.path, "worker"),
      flags: ["--config", config]
    })
    const { exit, stderr } = await platform.command("apply", join(example, "movies.pipeline.yaml"), "--grant")
    assert.strictEqual(exit, 0, stderr)
    await until(
      () => running().command("status", "movies"),
      ({ stdout }) => stdout.startsWith("movies: completed"),
      200
    )
    assert.isFalse(worker.ended())
    process.kill(worker.pid, "SIGTERM")
    for (const { equal, name } of compareMovies(join(example, "out")).slice(0, 2)) assert.isTrue(equal, name)
    await until(worker.ended, (is) => is)
  }, 500_000)
})
