import { parseArgs } from "node:util"
import { fetchRelease } from "./fetch-release.ts"
import { isRelease, releases } from "./releases.ts"
import type { Release } from "./releases.ts"
import { requirePrograms } from "./requirements.ts"
import { openCluster } from "./running-cluster.ts"
import { KafkaSetupError } from "./setup-error.ts"

const help = `npm run kafka [-- OPTIONS]: Apache Kafka on this machine, for trials and tests

Fetches it from Maven Central (once, into ~/.cache/millrace/kafka), starts one KRaft broker or three, prints the bootstrap
address when they answer, and stops them at Ctrl-C. Needs Java 17 and Maven.

  --kafka LINE     ${Object.entries(releases)
    .map(([line, version]) => `${line} (${version})`)
    .join(" or ")}; default 4
  --brokers N      1 or 3; default 1
  --port PORT      of the first broker, the others' follow; default 9092
  --data FOLDER    keeps the data there; default: a temporary folder, removed at the end
  --fetch          only fetches
  --json           one line of JSON instead of text
  --help

Examples:
  npm run kafka
  npm run kafka -- --brokers 3 --data ./kafka-data
  npm run kafka -- --kafka 3.9 --port 19092
`

const usage = (message: string): KafkaSetupError =>
  new KafkaSetupError({ message, remedy: "npm run kafka -- --help says what there is." })

interface Wishes {
  readonly version: Release
  readonly brokers: number
  readonly port: number
  readonly folder: string | undefined
  readonly isJson: boolean
  readonly isFetchOnly: boolean
  readonly isHelp: boolean
}

const options = {
  kafka: { type: "string", default: "4" },
  brokers: { type: "string", default: "1" },
  port: { type: "string", default: "9092" },
  data: { type: "string" },
  fetch: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false }
} as const

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (cause) {
    throw usage(cause instanceof Error ? cause.message : String(cause))
  }
}

const wishesOf = (args: readonly string[]): Wishes => {
  const values = parsed(args)
  if (!isRelease(values.kafka))
    throw usage(`--kafka takes ${Object.keys(releases).join(" or ")}, not ${values.kafka}`)
  if (values.brokers !== "1" && values.brokers !== "3")
    throw usage(`--brokers takes 1 or 3, not ${values.brokers}`)
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_533)
    throw usage(`--port takes a number from 1 to 65533, not ${values.port}`)
  return {
    version: values.kafka,
    brokers: Number(values.brokers),
    port,
    folder: values.data,
    isJson: values.json,
    isFetchOnly: values.fetch,
    isHelp: values.help
  }
}

/** A line on the terminal that the next one replaces; nothing where standard error is no terminal. */
const tell = (what: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`)
}

/** Settles at the first Ctrl-C or SIGTERM. */
const interruption = (): { readonly signal: AbortSignal; readonly happened: Promise<void> } => {
  const controller = new AbortController()
  const happened = new Promise<void>((done) => {
    for (const name of ["SIGINT", "SIGTERM"] as const)
      process.on(name, () => {
        controller.abort()
        done()
      })
  })
  return { signal: controller.signal, happened }
}

const run = async (wishes: Wishes): Promise<void> => {
  const title = `Apache Kafka ${releases[wishes.version]}`
  const { happened, signal } = interruption()
  if (wishes.isFetchOnly) {
    requirePrograms(wishes.version)
    const progress = (files: number) => tell(`${title}: fetching from Maven Central: ${files} files`)
    const jars = await fetchRelease(wishes.version, { signal, progress })
    tell("")
    process.stdout.write(`${jars}\n`)
    return
  }
  const cluster = await openCluster({
    version: wishes.version,
    brokers: wishes.brokers,
    port: wishes.port,
    ...(wishes.folder === undefined ? {} : { folder: wishes.folder }),
    signal,
    progress: (what) => tell(`${title}: ${what}`)
  })
  tell("")
  const bootstrap = cluster.bootstrap.join(",")
  const facts = {
    bootstrap,
    version: releases[wishes.version],
    brokers: wishes.brokers,
    data: cluster.folder
  }
  process.stdout.write(
    wishes.isJson
      ? `${JSON.stringify(facts)}\n`
      : `bootstrap: ${bootstrap}\n${title}, ${wishes.brokers === 1 ? "1 broker" : `${wishes.brokers} brokers`}; data in ${cluster.folder}${wishes.folder === undefined ? ", removed at the end" : ""}. Ctrl-C stops it.\n`
  )
  try {
    await Promise.race([happened, cluster.failed])
    tell(`${title}: stopping`)
  } finally {
    await cluster.close("softly")
    tell("")
  }
}

try {
  const wishes = wishesOf(process.argv.slice(2))
  if (wishes.isHelp) process.stdout.write(help)
  else await run(wishes)
  process.exit(0)
} catch (cause) {
  tell("")
  // Ctrl-C before it was up.
  if (cause instanceof Error && cause.name === "AbortError") process.exit(130)
  if (!(cause instanceof KafkaSetupError)) throw cause
  process.stderr.write(`error: ${cause.message}\n  remedy: ${cause.remedy}\n`)
  process.exit(1)
}
