import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { namedServer } from "./connect.ts"
import { numberFlag } from "./number-flag.ts"
import { loadUpSettings, loadWorker } from "./load.ts"
import { root } from "./root.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { say } from "../terminal/print.ts"

const defaultFolder = ".millrace-worker"

/** `millrace worker` */
export const workerCommand = Command.make(
  "worker",
  {
    kafka: Flag.String("kafka").pipe(
      Flag.withMetavar("BROKERS"),
      Flag.optional,
      Flag.withDescription(
        "Brokers of the platform's cluster, as this machine reaches them; default: the platform's"
      )
    ),
    config: Flag.String("config").pipe(
      Flag.withMetavar("FILE"),
      Flag.optional,
      Flag.withDescription("Read `kafka:` (user, password, tls) from a file as `millrace up` takes it")
    ),
    weight: numberFlag("weight", 1, 1_000).pipe(
      Flag.optional,
      Flag.withDescription(
        "This worker's part of the tasks, against that of the others: 1 to 1000; default: `weight` of the config, else 1"
      )
    ),
    standby: Flag.Boolean("standby").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Keep copies of the state of tasks that others do, to take them over sooner")
    ),
    folder: Flag.String("folder").pipe(
      Flag.withMetavar("FOLDER"),
      Flag.optional,
      Flag.withDescription(
        "This worker's own folder, for a copy of its tasks' state; default: ./.millrace-worker"
      )
    ),
    plain: Flag.Boolean("plain-http").pipe(
      Flag.withDefault(false),
      Flag.withDescription(
        "Speak to a platform on another machine without TLS: who can read the network between has the token, plans and secrets"
      )
    )
  },
  (input) =>
    Effect.scoped(
      Effect.gen(function* () {
        const flags = yield* root
        const path = yield* Path.Path
        const server = yield* namedServer
        if (!input.plain && isReadByOthers(server.url)) return yield* unencrypted(server.url)
        const { platformClient, startWorker } = yield* loadWorker
        const { workerKafka } = yield* loadUpSettings
        const client = platformClient(server)
        const setup = yield* client.workSetup({}).pipe(
          Effect.mapError(
            (error) =>
              new CommandError({
                code: "WORKER_REFUSED",
                message: `the platform at ${server.url} gives no work: ${error.message}`,
                where: "--url, and the token in MILLRACE_TOKEN",
                remedy: "start the platform with --kafka, and use a token of the scope work",
                exit: exitCode.unavailable
              })
          )
        )
        const kafka = yield* workerKafka(input, setup)
        const folder = path.resolve(Option.getOrElse(input.folder, () => defaultFolder))
        yield* startWorker({
          folder,
          client,
          kafka,
          schemaIds: setup.schemaIds,
          seedKey: new Uint8Array(Buffer.from(setup.seedKey, "hex")),
          onSilence: (isSilent, why) =>
            Console.error(
              isSilent
                ? `the platform does not answer (${why}): going on with what runs`
                : "the platform answers again"
            )
        })
        yield* flags.json
          ? Console.log(JSON.stringify({ url: server.url, pid: process.pid, data: folder }))
          : say(`millrace works for ${server.url}, with ${kafka.brokers.join(", ")}; data in ${folder}`)
        return yield* Effect.never
      })
    )
).pipe(
  Command.withDescription(
    "Do tasks of a platform on Kafka, beside it: pipelines are spread over all workers, and those of one that ends go to the others"
  ),
  Command.withExamples([
    {
      command: "millrace worker --url https://millrace.example.com",
      description: "With the token in MILLRACE_TOKEN, as `millrace token create worker --scope work` makes it"
    },
    {
      command: "millrace worker --kafka broker.example.com:9092 --folder /var/lib/millrace-worker",
      description: "With brokers and a folder of its own"
    }
  ])
)

/** Whether somebody else could read what is sent to an address: a token, and secrets. */
const isReadByOthers = (address: string): boolean => {
  const { hostname, protocol } = new URL(address)
  return protocol === "http:" && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

const unencrypted = (address: string) =>
  new CommandError({
    code: "WORKER_UNENCRYPTED",
    message: `a worker is given plans and secrets, and ${address} would hand them over without TLS`,
    where: "--url",
    remedy:
      "name an address that begins with https, or a tunnel on this machine; where nobody else can read the network between, say so with --plain-http",
    exit: exitCode.usage
  })
