import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { DashboardView } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { applied, faultsFolder, type FaultyPipeline, receiver, type Receiver, untilAlert } from "./faults.ts"
import { schemaOffences } from "./grafana-schema.ts"
import { hasPrometheus, type Prometheus, prometheusFolder, promtool, startPrometheus } from "./prometheus.ts"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

// What an author gets who wrote nothing for it, from a platform that runs: charts with numbers, an alert that somebody is told, and
// the same for Prometheus and Grafana. All times of alerts are a fiftieth of those in use.

const folder = temporaryFolder()
const data = join(folder.path, "data")
/** In use it is 15 seconds; what counts here is the scale, and that machines do much else. */
const patienceSeconds = 50
let platform: Platform
let told: Receiver
let prometheus: Prometheus | undefined

/** With event time, and behind the body a node that goes by it and keeps state. */
const watched: FaultyPipeline = {
  name: "watched",
  more: "    watermark: { outOfOrderness: 1s }",
  policy: `  clocked:
    use: "@demo/faults#clocked@^1"
    from: body
    with: { does: nothing }
    stream: watched.clocked
    partitions: 1`
}

beforeAll(async () => {
  told = await receiver()
  mkdirSync(data)
  writeFileSync(
    join(data, "notify.yaml"),
    `default: []\nowners:\n  studio:\n    - webhook: ${told.url}\n      headers: { x-token: "\${ALERT_TOKEN}" }\n`
  )
  process.env["MILLRACE_ALERT_SCALE"] = "0.02"
  process.env["ALERT_TOKEN"] = "t0ken"
  platform = await up({ data, publish: [faultsFolder] })
  if (hasPrometheus) {
    const target = new URL(platform.url).host
    prometheus = await startPrometheus({
      folder: prometheusFolder(),
      config: `global: { scrape_interval: 200ms }
scrape_configs:
  - job_name: millrace
    scrape_timeout: 200ms
    static_configs: [{ targets: ["${target}"] }]
`
    })
  }
  await applied(platform, { ...watched, body: "does: fails, every: 50" })
})
afterAll(async () => {
  delete process.env["MILLRACE_ALERT_SCALE"]
  delete process.env["ALERT_TOKEN"]
  await prometheus?.stop()
  await platform.stop()
  await told.close()
  folder.remove()
})

const decodeView = Schema.decodeUnknownSync(DashboardView)

const viewOf = async (path: string) =>
  decodeView((await platform.get(`/api/dashboards${path}?seconds=30`)).body)

/** Ids of panels of a dashboard in which nothing was measured. */
const emptyPanels = (view: typeof DashboardView.Type): readonly string[] =>
  view.rows
    .flatMap(({ panels }) => panels)
    .filter(({ series }) => !series.some(({ values }) => values.some((value) => value !== null)))
    .map(({ id }) => id)

const textOf = async (path: string): Promise<string> => (await fetch(`${platform.url}${path}`)).text()

const version = "/api/packages/@demo/faults/versions/1.0.0"

describe("a plugin that nobody wrote charts or alerts for", () => {
  it("has a firing alert for its first bad record, and its owner is told, also when it is over", async () => {
    const labels = { pipeline: "watched", node: "body" }
    await untilAlert(platform, "dead-letters", labels, { state: "firing", seconds: patienceSeconds })
    const firing = await until(
      () => told.bodies.map((body) => JSON.stringify(body)),
      (bodies) => bodies.some((body) => body.includes('"status":"firing"') && body.includes("DeadLetters"))
    )
    assert.match(firing.join("\n"), /"alertname":"MillraceDeadLetters"/)
    assert.match(firing.join("\n"), /"owner":"studio"/)
    await applied(platform, watched)
    await untilAlert(platform, "dead-letters", labels, { state: "resolved", seconds: patienceSeconds })
    await until(
      () => told.bodies.map((body) => JSON.stringify(body)),
      (bodies) =>
        bodies.some((body) => /"status":"resolved","labels":\{"alertname":"MillraceDeadLetters"/.test(body))
    )
  })

  it("has a filled dashboard", async () => {
    const own = "own-millrace_plugin_passed_total"
    const view = await until(
      () => viewOf("/pipelines/watched/nodes/body"),
      (each) => !emptyPanels(each).some((id) => id === own || id === "records")
    )
    assert.deepStrictEqual(emptyPanels(view), [])
    assert.deepStrictEqual(emptyPanels(await viewOf("/pipelines/watched/nodes/clocked")), [])
    assert.deepStrictEqual(emptyPanels(await viewOf("/pipelines/watched")), [])
    assert.deepStrictEqual(emptyPanels(await viewOf("/platform")), [])
  })

  it("has a dashboard for Grafana, by the schema of its SDK", async () => {
    const json = await textOf(`${version}/dashboard`)
    assert.include(json, "millrace_plugin_passed_total")
    assert.strictEqual(await schemaOffences({ json }), "")
  })

  it("has one for any pipeline and one for the platform too, by the command line as by the API", async () => {
    for (const name of ["pipeline", "platform"]) {
      const json = await textOf(`/api/grafana/${name}`)
      assert.strictEqual(await schemaOffences({ [name]: json }), "")
      const printed = await platform.command("dashboard", `--${name}`)
      assert.deepStrictEqual({ exit: printed.exit, text: printed.stdout }, { exit: 0, text: json })
    }
    const both = await platform.command("dashboard", "--pipeline", "--platform")
    assert.strictEqual(both.errors[0]?.code, "USAGE")
  })
})

const Grafana = Schema.fromJsonString(
  Schema.Struct({
    panels: Schema.Array(
      Schema.Struct({
        title: Schema.String,
        targets: Schema.optionalKey(Schema.Array(Schema.Struct({ expr: Schema.String })))
      })
    )
  })
)
const Variables = Schema.fromJsonString(
  Schema.Struct({
    templating: Schema.Struct({
      list: Schema.Array(
        Schema.Struct({ name: Schema.String, definition: Schema.optionalKey(Schema.String) })
      )
    })
  })
)
const decodeVariables = Schema.decodeUnknownSync(Variables)
const decodeGrafana = Schema.decodeUnknownSync(Grafana)

const names = { pipeline: "watched", node: "body", chain: "body", domain: "@demo" }

/** With what somebody chose in the place of Grafana's variables. */
const chosen = (promql: string, node = "body"): string =>
  Object.entries({ ...names, node, chain: node })
    .reduce((text, [name, value]) => text.replaceAll(`$${name}`, value), promql)
    .replaceAll("$__rate_interval", "30s")

describe.skipIf(!hasPrometheus)("Prometheus", () => {
  it("has the values of each variable, one following from the other", async () => {
    const { templating } = decodeVariables(await textOf(`${version}/dashboard`))
    const queries = templating.list.flatMap(({ definition, name }) => {
      const [matched, selector = "", label = ""] =
        /^label_values\((.*), (\w+)\)$/.exec(definition ?? "") ?? []
      return matched === undefined
        ? []
        : [{ name, promql: `count by (${label}) (${chosen(selector)})`, label }]
    })
    assert.deepStrictEqual(
      queries.map(({ name }) => name),
      Object.keys(names)
    )
    for (const [name, value] of Object.entries(names)) {
      const query = queries.find((each) => each.name === name)
      const values = await until(
        async () => (await prometheus?.query(query?.promql ?? "")) ?? [],
        (answer) => answer.length > 0
      )
      assert.include(
        values.map(({ labels }) => labels[query?.label ?? ""]),
        value
      )
    }
  })

  it("has an answer to each panel's query, from what it scraped", async () => {
    const { panels } = decodeGrafana(await textOf(`${version}/dashboard`))
    const queries = panels.flatMap(({ targets = [], title }) =>
      // What a package has any use for, one of its plugins has.
      targets.map(({ expr }) => ({ title, promql: `${chosen(expr)} or ${chosen(expr, "clocked")}` }))
    )
    assert.isAbove(queries.length, 15)
    for (const { promql, title } of queries) {
      const answer = await until(
        async () => (await prometheus?.query(promql)) ?? [],
        (values) => values.length > 0
      ).catch((error: unknown) => assert.fail(`${title}: ${promql}: ${String(error)}`))
      for (const { value } of answer) assert.isFalse(Number.isNaN(value), promql)
    }
  })

  it("finds no fault with the metrics, nor with any rules that were made", async () => {
    const metrics = await promtool(["check", "metrics"], await textOf("/metrics"))
    assert.deepStrictEqual(metrics, { exit: 0, output: "" })
    for (const path of ["/api/rules", `${version}/rules`]) {
      const file = join(folder.path, "rules.yml")
      writeFileSync(file, await textOf(path))
      const { exit, output } = await promtool(["check", "rules", "--lint-fatal", file])
      assert.strictEqual(exit, 0, output)
      assert.notMatch(output, /SUCCESS: 0 rules/)
    }
  })
})
