import { createServer, type Server } from "node:http"
import { join } from "node:path"
import { AlertView } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { apply } from "../input/pipelines.ts"
import { type Platform, until } from "../input/program.ts"

/** The package of the plugins that have the faults. */
export const faultsFolder = join(import.meta.dirname, "fixtures/faults")

export interface FaultyPipeline {
  readonly name: string
  /** Plugin of the body; `body` unless told otherwise. */
  readonly plugin?: "body" | "clocked"
  /** Config of the source, as YAML flow. */
  readonly source?: string
  /** Config of the body, as YAML flow. */
  readonly body?: string
  /** `alerts:`, as YAML flow. */
  readonly alerts?: string
  /** More of the source's node. */
  readonly more?: string
  /** More of the body's node. */
  readonly policy?: string
}

/** Beats through a body; the body's chain reads a stream, so that it can lag. */
export const faultyPipeline = ({
  alerts = "{}",
  body = "does: nothing",
  more = "",
  name,
  plugin = "body",
  policy = "",
  source = ""
}: FaultyPipeline): string => `pipeline: ${name}
owner: studio
alerts: ${alerts}
nodes:
  beats:
    source: "@demo/faults@^1"
    with: { ${source} }
    stream: ${name}.beats
    partitions: 1
${more}
  body:
    use: "@demo/faults#${plugin}@^1"
    from: beats
    with: { ${body} }
    stream: ${name}.out
    partitions: 1
${policy}
`

/** Applies, and throws with the answer when it is refused. */
export const applied = async (platform: Platform, pipeline: FaultyPipeline | string): Promise<void> => {
  const text = typeof pipeline === "string" ? pipeline : faultyPipeline(pipeline)
  const { body, status } = await apply(platform, text)
  if (status !== 200) throw new Error(`not applied: ${JSON.stringify(body)}`)
}

const decodeAlerts = Schema.decodeUnknownSync(Schema.Array(AlertView))

export const alertsOf = async (platform: Platform): Promise<readonly AlertView[]> =>
  decodeAlerts((await platform.get("/api/alerts")).body)

/** Waits until an alert of a rule, with these labels among its own, has a state. */
export const untilAlert = async (
  platform: Platform,
  rule: string,
  labels: AlertView["labels"],
  { seconds, state }: { readonly state: AlertView["state"]; readonly seconds?: number }
): Promise<AlertView> => {
  const found = await until(
    async () => (await alertsOf(platform)).filter((alert) => isOf(alert, rule, labels)),
    (alerts) => alerts.some((alert) => alert.state === state),
    seconds
  )
  const alert = found.find((each) => each.state === state)
  if (alert === undefined) throw new Error(`no ${rule} is ${state}`)
  return alert
}

export const isOf = (alert: AlertView, rule: string, labels: AlertView["labels"]): boolean =>
  alert.rule === rule && Object.entries(labels).every(([name, value]) => alert.labels[name] === value)

/** A receiver of webhooks, and what it got. */
export interface Receiver {
  readonly url: string
  readonly bodies: readonly unknown[]
  /** Statuses of the answers to come; 200 when there are none. */
  readonly answers: number[]
  readonly close: () => Promise<void>
}

export const receiver = async (): Promise<Receiver> => {
  const bodies: unknown[] = []
  const answers: number[] = []
  const server: Server = createServer((request, reply) => {
    let text = ""
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
    request.on("end", () => {
      const status = answers.shift() ?? 200
      if (status === 200) bodies.push(JSON.parse(text))
      reply.writeHead(status).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    bodies,
    answers,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      })
  }
}
