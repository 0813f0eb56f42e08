import { execFile } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { beginning, cacheFolder } from "../../kafka/cache.ts"
import { releases } from "../../kafka/releases.ts"
import { javaCommand, onPath } from "../../kafka/requirements.ts"
import { bidSchema } from "../bid.ts"
import { commitMs } from "./contestant.ts"
import type { Contestant } from "./contestant.ts"
import { runProgram } from "./run-program.ts"

const sources = fileURLToPath(new URL("./streams", import.meta.url))
const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
const run = promisify(execFile)

/** Whether the program can be made here: its jars come by Maven, and it is compiled. */
export const hasStreamsTools = (): boolean => onPath("mvn") && onPath("javac")

/** Chosen by trial, as are the settings below (RESULTS.md has what was tried); `BENCH_STREAMS_JVM` for others. */
const jvm = (process.env["BENCH_STREAMS_JVM"] ?? "-XX:+UseSerialGC -Xms1g -Xmx1g").split(" ")

const settings = {
  "processing.guarantee": "exactly_once_v2",
  "commit.interval.ms": `${commitMs}`,
  "num.stream.threads": "1",
  "auto.offset.reset": "earliest",
  "main.consumer.max.poll.records": "10000",
  "main.consumer.max.partition.fetch.bytes": `${4 << 20}`,
  "buffered.records.per.partition": "10000",
  "producer.batch.size": "1000000",
  "producer.max.request.size": `${4 << 20}`,
  "producer.linger.ms": "100",
  "producer.buffer.memory": `${64 << 20}`,
  "producer.compression.type": "none",
  "metrics.recording.level": "INFO"
}

/** Compiles the program with the jars of our release; both are kept beside the broker's. Answers its class path. */
export const makeStreams = async (): Promise<string> => {
  const made = join(cacheFolder(), `streams-${releases["4"]}`)
  const jars = join(made, "lib")
  if (!existsSync(jars)) await fetchJars(made)
  const classes = join(made, "classes")
  mkdirSync(classes, { recursive: true })
  await run("javac", ["-cp", join(jars, "*"), "-d", classes, join(sources, "BidMap.java")])
  return [classes, join(jars, "*")].join(":")
}

const fetchJars = async (made: string): Promise<void> => {
  const folder = beginning("4")
  mkdirSync(folder, { recursive: true })
  try {
    const pom = readFileSync(join(sources, "pom.xml"), "utf8").replaceAll("${kafka}", releases["4"])
    writeFileSync(join(folder, "pom.xml"), pom)
    const repository = `-Dmaven.repo.local=${join(folder, "repository")}`
    const args = [
      "--batch-mode",
      repository,
      copyDependencies,
      "-DincludeScope=runtime",
      "-DoutputDirectory=lib"
    ]
    await run("mvn", args, { cwd: folder, maxBuffer: 1 << 26 })
    rmSync(join(folder, "repository"), { recursive: true, force: true })
    renameSync(folder, made)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const kafkaStreams = (classPath: string, stateFolder: string): Contestant => ({
  name: "Kafka Streams",
  start: ({ broker, input, name, output, schemaId }) => {
    const own = {
      "application.id": name,
      "bootstrap.servers": broker,
      "state.dir": join(stateFolder, name)
    }
    const given = Object.entries({ ...own, ...settings }).map(([key, value]) => `${key}=${value}`)
    const log = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    const args = [input, output, JSON.stringify(bidSchema), `${schemaId}`, ...given]
    return Promise.resolve(
      runProgram(javaCommand(), [...jvm, log, "-cp", classPath, "BidMap", ...args], name)
    )
  }
})
