import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { PipelineStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { compareMovies } from "./movies/compare.ts"
import { prepareMovies } from "./movies/prepare.ts"

// `npm start`: one process with everything on an embedded log, the first-party plugins published, and the movies
// example run to its end on real data. Stays up. Arguments go to `millrace up`: `npm start -- --port 4100`.
const root = join(import.meta.dirname, "..")
const data = join(root, ".millrace")
const movies = join(root, "examples/movies")
const pipelines = ["movies", "directors"]
const program = join(root, "runtime/bin/millrace.js")
const shown = (path: string): string => relative(process.cwd(), path) || "."

prepareMovies()
const serverFile = join(data, "server.json")
const flags = [
  "--data",
  data,
  "--publish",
  join(root, "plugins"),
  "--grant",
  ...pipelines.flatMap((name) => ["--apply", join(movies, `${name}.pipeline.yaml`)])
]
const platform = spawn(process.execPath, [program, "up", ...flags, ...process.argv.slice(2)], {
  stdio: ["ignore", "inherit", "inherit"]
})
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => platform.kill(signal))
platform.on("exit", (code) => process.exit(code ?? 1))

const decodeStatus = Schema.decodeUnknownSync(PipelineStatus)

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The address of the platform, once it has announced itself. */
const address = async (): Promise<string> => {
  for (;;) {
    if (existsSync(serverFile)) {
      const server: { readonly url: string; readonly pid: number } = JSON.parse(
        readFileSync(serverFile, "utf8")
      )
      const answer = await fetch(`${server.url}/api/health`).catch(() => undefined)
      if (answer?.ok === true) return server.url
    }
    await wait(100)
  }
}

/** A pipeline's status once it has ended; undefined while it is not there yet. */
const ended = async (url: string, pipeline: string): Promise<PipelineStatus> => {
  for (;;) {
    const answer = await fetch(`${url}/api/status/${pipeline}`)
    if (answer.ok) {
      const status = decodeStatus(await answer.json())
      if (["completed", "failed", "degraded"].includes(status.state)) return status
    }
    await wait(200)
  }
}

const url = await address()
for (const pipeline of pipelines) {
  const status = await ended(url, pipeline)
  const error = status.tasks.find((task) => task.error !== undefined)?.error
  process.stdout.write(
    `${pipeline}: ${status.state}${error === undefined ? "" : `: ${error.code}: ${error.message}`}\n`
  )
}
for (const { equal, expected, name, records } of compareMovies()) {
  process.stdout.write(
    `  ${name}: ${records} records, ${equal ? `equal to ${shown(expected)} (derived with DuckDB)` : `NOT equal to ${shown(expected)}`}\n`
  )
}
process.stdout.write(`
Millrace is up on ${url}; the output is in ${shown(join(movies, "out"))}

Try an edit: in ${shown(join(movies, "movies.pipeline.yaml"))} write \`imdbRating >= 8\` for \`imdbRating >= 7\`, then
  npx millrace plan ${shown(join(movies, "movies.pipeline.yaml"))}
  npx millrace apply ${shown(join(movies, "movies.pipeline.yaml"))}
and look at the output again. Stop with Ctrl-C or \`npx millrace down\`.
`)
