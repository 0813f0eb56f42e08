import { spawnSync } from "node:child_process"
import { canRunKafka } from "./kafka/requirements.ts"

/** A program outside npm that a suite needs, and what to do where it is missing. */
export interface Tool {
  readonly name: string
  readonly suite: string
  readonly remedy: string
  readonly present: () => boolean
}

const runs = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: "ignore" }).status === 0

/** What runs a program at a pseudo-terminal. */
export const terminalTool = "script (util-linux)"

/** What checks generated rules and dashboards. */
export const prometheusTool = "prometheus and promtool"

/** What makes certificates. */
export const certificateTool = "openssl"

/** Suites that need a broker run where one can be started, or is named. */
export const hasKafka = (process.env["KAFKA_BROKERS"] ?? "") !== "" || canRunKafka()

export const tools: readonly Tool[] = [
  {
    name: "prlimit and unshare (util-linux)",
    suite: "sandbox guards of the operating system",
    remedy: "install util-linux; on other systems than Linux the sandbox runs with fewer guards",
    present: () => runs("prlimit", ["--version"]) && runs("unshare", ["--version"])
  },
  {
    name: "a C compiler",
    suite: "power-cut images of the log",
    remedy: "install gcc (Debian: apt-get install gcc libc6-dev)",
    present: () => runs("cc", ["--version"])
  },
  {
    name: terminalTool,
    suite: "questions at a terminal",
    remedy: "install util-linux (Debian: apt-get install bsdutils)",
    // The script of other systems has other options.
    present: () => runs("script", ["--quiet", "--return", "--command", "true", "/dev/null"])
  },
  {
    name: prometheusTool,
    suite: "generated dashboards and alert rules, against Prometheus itself",
    remedy: "install Prometheus (Debian: apt-get install prometheus)",
    present: () => runs("prometheus", ["--version"]) && runs("promtool", ["--version"])
  },
  {
    name: certificateTool,
    suite: "PostgreSQL over TLS",
    remedy: "install OpenSSL (Debian: apt-get install openssl)",
    present: () => runs("openssl", ["version"])
  },
  {
    name: "java 17 and mvn",
    suite: "Kafka, against brokers themselves",
    remedy:
      "install Java 17 and Maven (Debian: apt-get install openjdk-17-jre-headless maven), or set KAFKA_BROKERS=host:port",
    present: () => hasKafka
  }
]

/** The tools that this machine lacks. */
export const missingTools = (): readonly Tool[] => tools.filter((tool) => !tool.present())
