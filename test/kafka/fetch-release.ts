import { spawn } from "node:child_process"
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beginning, cachedJars, releaseFolder, sweepBeginnings } from "./cache.ts"
import { loggingJar, releases } from "./releases.ts"
import type { Release } from "./releases.ts"
import { KafkaSetupError } from "./setup-error.ts"

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"

const dependency = (group: string, name: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`

const pom = (release: Release): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>millrace</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependency("org.apache.kafka", "kafka_2.13", releases[release])}
${dependency(...loggingJar[release])}
</dependencies>
</project>
`

export interface Fetching {
  /** Told of every file that Maven asks for: how many there were. */
  readonly progress?: (files: number) => void
  /** Ends the fetch. */
  readonly signal?: AbortSignal
}

/**
 * The folder with the jars of a release; fetches them from Maven Central first, where the cache lacks them. A fetch works
 * in a folder of its own, Maven's repository included, and is renamed when it is whole: one that is killed leaves nothing
 * that a later one would take for a release, and of two at once the second to end throws its own away.
 */
export const fetchRelease = async (release: Release, fetching: Fetching = {}): Promise<string> => {
  const cached = cachedJars(release)
  if (cached !== undefined) return cached
  sweepBeginnings()
  const folder = beginning(release)
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(join(folder, "pom.xml"), pom(release))
    await runMaven(folder, release, fetching)
    rmSync(join(folder, "repository"), { recursive: true, force: true })
    place(folder, release)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return join(releaseFolder(release), "lib")
}

const place = (folder: string, release: Release): void => {
  try {
    renameSync(folder, releaseFolder(release))
  } catch (cause) {
    // Another fetch was done first.
    if (!existsSync(join(releaseFolder(release), "lib"))) throw cause
  }
}

const runMaven = (folder: string, release: Release, { progress, signal }: Fetching): Promise<void> =>
  new Promise((done, refuse) => {
    const child = spawn(
      "mvn",
      [
        "--batch-mode",
        `-Dmaven.repo.local=${join(folder, "repository")}`,
        copyDependencies,
        "-DincludeScope=runtime",
        // It takes its name when all jars are in it.
        "-DoutputDirectory=lib"
      ],
      { cwd: folder, stdio: ["ignore", "pipe", "pipe"], ...(signal === undefined ? {} : { signal }) }
    )
    let output = ""
    let files = 0
    const look = (text: string): void => {
      output = (output + text).slice(-20_000)
      const asked = text.match(/Downloading from/g)?.length ?? 0
      if (asked > 0) progress?.((files += asked))
    }
    child.stdout.setEncoding("utf8").on("data", look)
    child.stderr.setEncoding("utf8").on("data", look)
    child.on("error", (cause) => refuse(notRun(release, cause)))
    child.on("close", (code) => (code === 0 ? done() : refuse(notFetched(release, output))))
  })

const notRun = (release: Release, cause: Error): KafkaSetupError =>
  new KafkaSetupError({
    message: `Kafka ${releases[release]} was not fetched: ${cause.name === "AbortError" ? "it was interrupted" : `mvn did not run: ${cause.message}`}`,
    remedy: "Run it again; nothing of it was kept."
  })

const notFetched = (release: Release, output: string): KafkaSetupError => {
  const errors = output.split("\n").filter((line) => line.startsWith("[ERROR]") && line.length > 10)
  const said = errors[0]?.slice("[ERROR] ".length) ?? output.trim().split("\n").at(-1) ?? "no word"
  return new KafkaSetupError({
    message: `Kafka ${releases[release]} could not be fetched from Maven Central: ${said}`,
    remedy:
      "Look whether https://repo.maven.apache.org can be reached from here. Behind a proxy or a mirror, name it in ~/.m2/settings.xml. Brokers that run already can be named by KAFKA_BROKERS=host:port."
  })
}
