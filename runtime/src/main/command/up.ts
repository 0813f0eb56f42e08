import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { applyFile } from "./apply-file.ts"
import { type Connection, connectTo } from "./connect.ts"
import { loadPlatform, loadPublishing, loadUpSettings } from "./load.ts"
import { numberFlag } from "./number-flag.ts"
import { root } from "./root.ts"
import type { UpSettings } from "../config/up-settings.ts"
import { report } from "../report.ts"
import { findOwnDataFolder } from "../data-folder.ts"
import { say } from "../terminal/print.ts"

/** `millrace up` */
export const upCommand = Command.make(
  "up",
  {
    config: Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.optional,
      Flag.withDescription("Read these settings from a file (YAML); a flag wins over it")
    ),
    port: numberFlag("port", 0, 65_535).pipe(
      Flag.optional,
      Flag.withDescription("Port to listen on; 0: any that is free; default: 4000")
    ),
    host: Flag.String("host").pipe(
      Flag.optional,
      Flag.withDescription(
        "Address to listen on, default 127.0.0.1; another than the loopback opens the API to the network"
      )
    ),
    names: Flag.String("allow-host").pipe(
      Flag.withMetavar("NAME"),
      Flag.atLeast(0),
      Flag.withDescription(
        "Answer under this host name too, such as the machine's; localhost and --host always are"
      )
    ),
    notify: Flag.String("notify").pipe(
      Flag.withMetavar("FILE"),
      Flag.optional,
      Flag.withDescription("Where alerts are told; default: notify.yaml of the data folder, if it is there")
    ),
    database: Flag.Redacted("database").pipe(
      Flag.withMetavar("URL"),
      Flag.optional,
      Flag.withDescription(
        "Keep the registry in this PostgreSQL database, which platforms may share; default: MILLRACE_DATABASE, or a file of the data folder. A password is safer there than here: every user of the machine sees a command line"
      )
    ),
    kafka: Flag.String("kafka").pipe(
      Flag.withMetavar("BROKERS"),
      Flag.optional,
      Flag.withDescription(
        "Keep topics and commits in the Kafka cluster of these brokers (HOST:PORT, several with commas); default: a log of its own in the data folder"
      )
    ),
    publish: Flag.String("publish").pipe(
      Flag.withMetavar("FOLDER"),
      Flag.atLeast(0),
      Flag.withDescription("Build and publish this package first, or every package in this folder")
    ),
    apply: Flag.String("apply").pipe(
      Flag.withMetavar("FILE"),
      Flag.atLeast(0),
      Flag.withDescription("Apply this pipeline once up")
    ),
    durability: Flag.Literals("durability", ["fsync", "async"]).pipe(
      Flag.optional,
      Flag.withDescription(
        "When a commit outlives a power cut: fsync (default), once it is acknowledged; async, within about 50 ms of it. A kill loses nothing in either"
      )
    ),
    grant: Flag.Boolean("grant").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Grant what the applied pipelines ask for")
    )
  },
  (input) =>
    Effect.scoped(
      Effect.gen(function* () {
        const flags = yield* root
        const { upSettings } = yield* loadUpSettings
        const settings = yield* upSettings({ ...input, data: flags.data })
        const { database, durability, host, kafka, limits, names, notify, port } = settings
        const { schemaRegistryPath, secretKeyFile, seedFile, workers } = settings
        const folder = yield* findOwnDataFolder(settings.data, process.cwd())
        const { startPlatform } = yield* loadPlatform
        const platform = yield* startPlatform({
          folder,
          host,
          names,
          port,
          durability,
          limits,
          schemaRegistryPath,
          secretKeyFile,
          seedFile,
          database,
          kafka,
          workers,
          ...(notify === undefined ? {} : { notify })
        })
        const connection = connectTo(platform, flags.json)
        yield* flags.json
          ? Console.log(JSON.stringify({ url: platform.url, pid: process.pid, data: folder }))
          : say(`millrace is up on ${platform.url}, data in ${folder}`)
        // A service goes on with what it has: what its config cannot do now is told, and the next start tries it again.
        const tell = (error: unknown) => Effect.asVoid(report(Cause.fail(error), flags.json))
        for (const step of stepsOf(connection, settings))
          yield* Option.isSome(input.config) ? Effect.catch(step, tell) : step
        yield* Effect.raceFirst(platform.stopped, platform.lost)
        yield* say("millrace stops after the batches in hand")
      })
    )
).pipe(
  Command.withDescription(
    "Start the platform in this process: registry, controller, worker, and the page at its address"
  ),
  Command.withExamples([
    { command: "millrace up", description: "Data in ./.millrace, on http://localhost:4000" },
    { command: "millrace up --data /var/lib/millrace --port 4100" },
    {
      command: "millrace up --host 0.0.0.0 --allow-host millrace.example.com",
      description: "For others too, under this name"
    },
    {
      command: "millrace up --database postgres://millrace@db.example.com/millrace",
      description: "With the registry in PostgreSQL; a second one stands by"
    },
    {
      command: "millrace up --kafka 127.0.0.1:9092",
      description: "With topics in Kafka, as `npm run kafka` starts it"
    },
    { command: "millrace up --config /etc/millrace/millrace.yaml", description: "As a service" },
    {
      command: "millrace up --publish plugins --apply movies.pipeline.yaml --grant",
      description: "Publish and apply once up"
    }
  ])
)

/** What the platform is started with: packages to publish, then pipelines to apply. */
const stepsOf = (connection: Connection, { apply, grant, publish }: UpSettings) => [
  ...publish.map((folder) =>
    Effect.flatMap(loadPublishing, ({ publishFolder }) =>
      publishFolder(connection, { folder, dryRun: false, yes: true, bump: false })
    )
  ),
  ...apply.map((file) => applyFile(connection, { file, vars: {}, upgrade: false, grant }))
]
