import { execFile, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { missingTools, prometheusTool } from "../tools.ts"
import { until } from "../input/program.ts"

/** Suites that ask Prometheus are skipped without it; test/run-tests.ts says so, and fails where MILLRACE_REQUIRE_ALL asks. */
export const hasPrometheus = !missingTools().some(({ name }) => name === prometheusTool)

export interface ToolResult {
  readonly exit: number
  readonly output: string
}

/** Runs `promtool ARGS`, with `input` on its standard input; answers what it printed on both outputs. */
export const promtool = (args: readonly string[], input = ""): Promise<ToolResult> =>
  new Promise((done) => {
    const child = execFile("promtool", [...args], (error, stdout, stderr) =>
      done({
        exit: error === null ? 0 : typeof error.code === "number" ? error.code : -1,
        output: `${stdout}${stderr}`
      })
    )
    child.stdin?.on("error", () => undefined).end(input)
  })

const Answer = Schema.Struct({
  status: Schema.Literals(["success", "error"]),
  error: Schema.optionalKey(Schema.String),
  data: Schema.optionalKey(
    Schema.Struct({
      result: Schema.Array(
        Schema.Struct({
          metric: Schema.Record(Schema.String, Schema.String),
          value: Schema.Tuple([Schema.Number, Schema.String])
        })
      )
    })
  )
})
const decodeAnswer = Schema.decodeUnknownSync(Answer)

export interface PrometheusValue {
  readonly labels: { readonly [name: string]: string }
  readonly value: number
}

/** A Prometheus of our own. */
export interface Prometheus {
  readonly url: string
  /** An instant query, at a time in ms since 1970 or now; rejects with what Prometheus says of it. */
  readonly query: (promql: string, at?: number) => Promise<readonly PrometheusValue[]>
  readonly stop: () => Promise<void>
}

export interface PrometheusOptions {
  /** A folder that Prometheus writes to; removed when it stops. */
  readonly folder: string
  /** Text of its configuration; default: nothing to scrape. */
  readonly config?: string
}

export const prometheusFolder = (): string => mkdtempSync(join(tmpdir(), "millrace-prometheus-"))

const freePort = (): Promise<number> =>
  new Promise((done, refuse) => {
    const server = createServer()
    server.on("error", refuse).listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Starts Prometheus on a free port and waits until it answers. Backfilled blocks lie in `data` of its folder. */
export const startPrometheus = async ({ config = "", folder }: PrometheusOptions): Promise<Prometheus> => {
  const file = join(folder, "prometheus.yml")
  writeFileSync(file, config)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    "prometheus",
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error"
    ],
    { stdio: ["ignore", "ignore", "pipe"] }
  )
  let errors = ""
  let ended = false
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk))
  child.on("close", () => (ended = true))
  await until(
    () => {
      if (ended) return Promise.reject(new Error(`prometheus ended: ${errors}`))
      return fetch(`${url}/-/ready`).then(
        (reply) => reply.ok,
        () => false
      )
    },
    (ready) => ready
  )
  return {
    url,
    query: async (promql, at) => {
      const time = at === undefined ? "" : `&time=${(at / 1_000).toFixed(3)}`
      const reply = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(promql)}${time}`)
      const answer = decodeAnswer(await reply.json())
      if (answer.data === undefined) throw new Error(`${promql}: ${answer.error}`)
      return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value[1]) }))
    },
    stop: async () => {
      child.kill("SIGTERM")
      await until(
        () => ended,
        (over) => over
      )
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

const numberOf = (text: string): number =>
  text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text)
