import { cpSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from "kafkajs"
import type { AclEntry, Kafka } from "kafkajs"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { compareMovies } from "../../examples/movies/compare.ts"
import { prepareMovies } from "../../examples/movies/prepare.ts"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { applied, faultsFolder, untilAlert } from "../observe/faults.ts"
import { assertWhole, isRunning, kafkaOf, metricOf, untilError, untilOn, withAdmin } from "./fault-stage.ts"
import { canRunKafka } from "./requirements.ts"
import { openCluster } from "./running-cluster.ts"
import type { RunningCluster } from "./running-cluster.ts"
import { setScramPassword } from "./scram-users.ts"
import { sharedClusterPatience } from "./shared.ts"
import { startWorker } from "./start-worker.ts"
import { startUp } from "./up-process.ts"

// A cluster that asks who is there and what they may do, set up as docs/how-to/kafka.md says it, "A secured cluster". Alerts take a
// tenth of their time.

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
const streams = [
  "studio.movies",
  "studio.director-counts",
  "movies.dead-letters",
  ...["one", "other"].flatMap((name) => [`${name}.beats`, `${name}.out`, `${name}.dead-letters`])
]

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

const denied = (type: AclResourceTypes, name: string, operation: AclOperationTypes): AclEntry =>
  rule(type, name, operation, { permissionType: AclPermissionTypes.DENY })

describe.skipIf(!canRunKafka())("a platform on a secured cluster", () => {
  const folder = temporaryFolder()
  const config = join(folder.path, "millrace.yaml")
  let cluster: RunningCluster
  let kafka: Kafka
  let platform: Platform | undefined

  const theConfig = (more = ""): string =>
    [
      "kafka:",
      `  brokers: [${cluster.bootstrap.join(", ")}]`,
      "  user: millrace",
      "  password: ${KAFKA_PASSWORD}",
      "  mechanism: SCRAM-SHA-512",
      "  tls:",
      "    ca: authority.pem",
      more
    ].join("\n")
  const allow = (acl: readonly AclEntry[]) => withAdmin(kafka, (admin) => admin.createAcls({ acl: [...acl] }))
  const takeBack = (acl: AclEntry) => withAdmin(kafka, (admin) => admin.deleteAcls({ filters: [acl] }))
  const running = (): Platform => {
    if (platform === undefined) throw new Error("the platform did not come up")
    return platform
  }

  beforeAll(async () => {
    process.env["MILLRACE_ALERT_SCALE"] = "0.1"
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
    delete process.env["MILLRACE_ALERT_SCALE"]
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
      publish: [
        faultsFolder,
        ...["files", "filter", "project", "lookup-join", "count"].map((name) => join(root, "plugins", name))
      ],
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

  it("names what is refused to the user, lets other pipelines go on, and goes on once it is allowed", async () => {
    await applied(running(), { name: "one" })
    await applied(running(), { name: "other" })
    const cases = [
      [
        denied(AclResourceTypes.TOPIC, "one.out", AclOperationTypes.WRITE),
        /one\.out.*Write on topic one\.out/
      ],
      [denied(AclResourceTypes.TOPIC, "one.beats", AclOperationTypes.READ), /Read on topic one\.beats/],
      [
        denied(AclResourceTypes.TRANSACTIONAL_ID, "millrace.one/body/0", AclOperationTypes.WRITE),
        /Write on transactional id millrace\.one\/body\/0/
      ],
      [denied(AclResourceTypes.GROUP, "millrace.one", AclOperationTypes.READ), /Read on group millrace\.one/]
    ] as const
    for (const [acl, words] of cases) {
      await untilOn(running(), "one")
      await allow([acl])
      try {
        assert.match(await untilError(running(), "one", "body", "TRANSPORT_UNAUTHORIZED"), words)
        await untilOn(running(), "other")
      } finally {
        await takeBack(acl)
      }
      await isRunning(running(), "one")
    }
    await assertWhole(kafka, running(), "one")
    await running().command("pipeline", "delete", "other")
  }, 600_000)

  it("waits for credentials that were taken away, and for brokers that a start finds gone, and goes on by itself", async () => {
    const [inside = ""] = cluster.inside
    await untilOn(running(), "one")
    try {
      await setScramPassword(inside, "millrace", undefined)
      // Connections that are open stay: a broker that goes takes them along.
      await cluster.kill(1)
      writeFileSync(config, theConfig("  prefix: millrace.second."))
      const second = startUp(["--data", join(folder.path, "second"), "--config", config])
      await until(second.errors, (said) => said.includes("Kafka has not answered for"), 200)
      await cluster.start(1)
      assert.strictEqual(await second.ended(), 77, second.errors())
      assert.include(second.errors(), "KAFKA_AUTHENTICATION_FAILED")
      const message = await untilError(running(), "one", "body", "TRANSPORT_UNAUTHORIZED")
      assert.match(message, /refused the user's proof/)
      assert.notInclude(message, password)
      await untilAlert(running(), "transport-unavailable", {}, { state: "firing", seconds: 100 })
      assert.isAbove(await metricOf(running(), "millrace_transport_silent_seconds"), 2)
    } finally {
      await setScramPassword(inside, "millrace", password)
    }
    await isRunning(running(), "one")
    await untilAlert(running(), "transport-unavailable", {}, { state: "resolved", seconds: 100 })
    await assertWhole(kafka, running(), "one")
  }, 600_000)

  it("comes up when the brokers do, and is refused the prefix of another platform", async () => {
    await cluster.kill(1)
    writeFileSync(config, theConfig())
    const third = startUp(["--data", join(folder.path, "third"), "--config", config])
    await until(third.errors, (said) => said.includes("Kafka has not answered for"), 200)
    await cluster.start(1)
    assert.strictEqual(await third.ended(), 65, third.errors())
    assert.match(
      third.errors(),
      /Kafka answers again[^]*KAFKA_PREFIX_TAKEN[^]*millrace\.[^]*remedy: .*kafka\.prefix/
    )
    writeFileSync(config, theConfig("  prefix: millrace.second."))
    const second = startUp(["--data", join(folder.path, "third"), "--config", config])
    await second.isUp()
    second.signal("SIGTERM")
    await second.ended()
    await assertWhole(kafka, running(), "one")
  }, 600_000)
})
