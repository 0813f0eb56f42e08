import { spawnSync } from "node:child_process"
import { accessSync, constants, existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { cachedJars } from "./cache.ts"
import { leastJava, releases } from "./releases.ts"
import type { Release } from "./releases.ts"
import { KafkaSetupError } from "./setup-error.ts"

/** The `java` that brokers run with: that of JAVA_HOME, as Maven has it, else of the path. */
export const javaCommand = (): string => {
  const home = process.env["JAVA_HOME"]
  const own = home === undefined || home === "" ? undefined : join(home, "bin/java")
  return own !== undefined && existsSync(own) ? own : "java"
}

/** Major version of the machine's Java; undefined where there is none. */
export const javaVersion = (): number | undefined => {
  const { status, stderr } = spawnSync(javaCommand(), ["-version"], { encoding: "utf8" })
  if (status !== 0) return undefined
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(stderr) ?? []
  // Java 8 calls itself 1.8.
  return first === undefined ? undefined : Number(first === "1" ? second : first)
}

/** Whether the path has such a program. It is not run: Maven takes half a second to say its version. */
export const onPath = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return folder !== ""
    } catch {
      return false
    }
  })

const javaRemedy = (release: Release) =>
  `Install Java 17 (Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17), or set JAVA_HOME to one. Kafka ${releases[release]} needs ${leastJava[release]} or newer.`

/** Fails unless the machine can run a broker of this line, and can fetch it where it is not in the cache. */
export const requirePrograms = (release: Release): void => {
  const version = javaVersion()
  if (version === undefined)
    throw new KafkaSetupError({
      message: `there is no java: "${javaCommand()} -version" did not run`,
      remedy: javaRemedy(release)
    })
  if (version < leastJava[release])
    throw new KafkaSetupError({
      message: `Java ${version} is too old for Kafka ${releases[release]}`,
      remedy: javaRemedy(release)
    })
  if (cachedJars(release) === undefined && !onPath("mvn"))
    throw new KafkaSetupError({
      message: `there is no mvn to fetch Kafka ${releases[release]} with`,
      remedy: "Install Maven (Debian: apt-get install maven; macOS: brew install maven)."
    })
}

/** Whether every line can be run here. */
export const canRunKafka = (): boolean => {
  const version = javaVersion() ?? 0
  return Object.keys(releases).every(
    (name) =>
      (name === "4" || name === "3.9") &&
      version >= leastJava[name] &&
      (cachedJars(name) !== undefined || onPath("mvn"))
  )
}
