import { spawn, spawnSync } from "node:child_process"
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { javaCommand, onPath } from "./requirements.ts"
import { KafkaSetupError } from "./setup-error.ts"

/** What runs a broker: its jars, and the folder with its `server.properties`, data and log. */
export interface BrokerFolder {
  readonly jars: string
  readonly folder: string
}

/** A broker that was started; it may have ended since. */
export interface BrokerProcess {
  readonly pid: number
  readonly isRunning: () => boolean
  readonly ended: Promise<void>
  readonly signal: (name: NodeJS.Signals) => void
}

/** The heap of a broker. Three of them run beside everything else. */
const heap = ["-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true"]

/** For a program that ends before it could be compiled well. */
const quickly = "-XX:TieredStopAtLevel=1"

const log4j2 = `rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c{2}: %m%n
`
const log4j1 = `log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d %p %c{2}: %m%n
`

/** Arguments of java up to the main class. The jars' wildcard is java's own, not a shell's. */
const javaArguments = ({ folder, jars }: BrokerFolder): readonly string[] => {
  const second = join(folder, "log4j2.properties")
  const first = join(folder, "log4j.properties")
  writeFileSync(second, log4j2)
  writeFileSync(first, log4j1)
  return [
    ...heap,
    `-Dlog4j2.configurationFile=file:${second}`,
    `-Dlog4j.configuration=file:${first}`,
    "-cp",
    join(jars, "*")
  ]
}

export const configOf = (folder: string): string => join(folder, "server.properties")
export const logOf = (folder: string): string => join(folder, "broker.log")

/** The end of what a broker printed. */
export const logTail = (folder: string): string => {
  try {
    return readFileSync(logOf(folder), "utf8").trim().split("\n").slice(-12).join("\n")
  } catch {
    return ""
  }
}

/** Gives a broker's data folder its identity. `extra`: more arguments of the storage tool. */
export const formatStorage = (broker: BrokerFolder, clusterId: string, extra: readonly string[]): void => {
  const args = ["kafka.tools.StorageTool", "format", "-t", clusterId, "-c", configOf(broker.folder), ...extra]
  const java = [quickly, ...javaArguments(broker), ...args]
  const tool = spawnSync(javaCommand(), java, { encoding: "utf8" })
  if (tool.status !== 0)
    throw new KafkaSetupError({
      message: `the storage in ${broker.folder} could not be formatted: ${`${tool.stdout}${tool.stderr}`.trim().split("\n").slice(-4).join(" ")}`,
      remedy: "Look whether the folder can be written and the settings are ones that this release knows."
    })
}

/** Where there is such a thing, what is started by it is killed when the process that started it ends in any way. */
export const guard = (): readonly string[] =>
  process.platform === "linux" && onPath("setpriv") ? ["setpriv", "--pdeathsig", "KILL"] : []

/** Starts a broker in a process group of its own, so that a Ctrl-C at the terminal does not reach it. */
export const startProcess = (broker: BrokerFolder): BrokerProcess => {
  const [command, ...args] = [
    ...guard(),
    javaCommand(),
    ...javaArguments(broker),
    "kafka.Kafka",
    configOf(broker.folder)
  ]
  const log = openSync(logOf(broker.folder), "a")
  const child = spawn(command, args, { stdio: ["ignore", log, log], detached: true })
  closeSync(log)
  let running = true
  const ended = new Promise<void>((done) => {
    const over = () => {
      running = false
      done()
    }
    child.on("exit", over)
    child.on("error", over)
  })
  return {
    pid: child.pid ?? 0,
    isRunning: () => running,
    ended,
    signal: (name) => {
      if (running) child.kill(name)
    }
  }
}

/** Asks a broker to end, and ends it hard where it has not in `patience` ms. */
export const stopProcess = async (broker: BrokerProcess, patience: number): Promise<void> => {
  broker.signal("SIGTERM")
  const over = new AbortController()
  await Promise.race([
    broker.ended,
    delay(patience, undefined, { signal: over.signal }).then(
      () => broker.signal("SIGKILL"),
      () => undefined
    )
  ])
  over.abort()
  await broker.ended
}
