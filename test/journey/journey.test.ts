import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { openPlace, type Place } from "./local-registry.ts"
import { type OwnPlatform, upIn } from "./platform.ts"
import { secondOrders, secondPipeline } from "./second-team.ts"
import type { Shell } from "./shell.ts"
import { badOrder, goodOrders, growingPipeline } from "./watched-orders.ts"
import { watch } from "./watching.ts"
import { until } from "../input/program.ts"
import { AlertView, DashboardView } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"

// From nothing to first output, as an author who has npm and nothing else: packed packages from a real npm registry, in
// empty folders far from this repository. The steps build on each other.

const rated = [
  { id: "o-1", customer: "ada", amount: 12.5, size: "small" },
  { id: "o-3", customer: "ada", amount: 250, size: "large" },
  { id: "o-4", customer: "linus", amount: 99.9, size: "small" },
  { id: "o-5", customer: "grace", amount: 120, size: "large" }
]

describe("the five commands", { timeout: 180_000 }, () => {
  let place: Place
  let shell: Shell
  let home: string
  let project: string
  let platform: OwnPlatform | undefined

  beforeAll(async () => {
    place = await openPlace()
    shell = place.shell("author")
    home = join(place.folder, "home")
    mkdirSync(home)
    project = join(home, "my-filter")
  }, 180_000)
  afterAll(async () => {
    await platform?.stop()
    await place?.close()
  }, 60_000)

  it("makes a project of at most nine files, and leaves nothing else", async () => {
    const { stdout } = await shell.run(home, "npm", [
      "create",
      "processor",
      "my-filter",
      "--",
      "--yes",
      "--scope",
      "acme"
    ])
    assert.match(stdout, /Made @acme\/my-filter in [\d.]+ s/)
    assert.deepStrictEqual(readdirSync(home), ["my-filter"])
    assert.deepStrictEqual(readdirSync(project).toSorted(), [
      ".git",
      ".gitignore",
      ".npmrc",
      "README.md",
      "data",
      "node_modules",
      "package-lock.json",
      "package.json",
      "pipeline.yaml",
      "src",
      "tsconfig.json"
    ])
  })

  it("overwrites nothing", async () => {
    const again = shell.run(home, "npm", ["create", "processor", "my-filter", "--", "--yes"])
    const message = await again.then(
      () => "",
      (error: Error) => error.message
    )
    assert.include(message, "FOLDER_IN_USE")
    assert.isTrue(existsSync(join(project, "src/index.ts")))
  })

  it("passes its tests at once", async () => {
    await shell.run(project, "npm", ["test"])
  })

  for (const template of ["open", "keyed", "source", "sink", "function"])
    it(`passes them with the template ${template}`, async () => {
      const name = `my-${template}`
      const flags = ["--template", template, "--yes", "--no-install", "--no-git", "--scope", "acme"]
      await shell.run(home, "npm", ["create", "processor", name, "--", ...flags])
      symlinkSync(join(project, "node_modules"), join(home, name, "node_modules"))
      await shell.run(join(home, name), "npm", ["test"])
    })

  it("shows its output, and that of an edit", async () => {
    const dev = await watch(shell, project)
    assert.include(["small", "large"], dev.first)
    await dev.edit("edited")
    await dev.stop()
  })

  it("is published, applied, and gives its first output", async () => {
    platform = await upIn(shell, project)
    const published = await shell.run(project, "npx", ["millrace", "publish"])
    assert.include(published.stdout, "@acme/my-filter@0.1.0")
    await shell.run(project, "npx", ["millrace", "run", "pipeline.yaml", "--grant", "--until-end"])
    assert.deepStrictEqual(recordsBelow(join(project, "out")), rated)
  })

  it("has a filled dashboard, and an alert within 15 s of its first bad record", async () => {
    if (platform === undefined) throw new Error("no platform is up")
    const { url } = platform
    const file = join(project, "growing.ndjson")
    writeFileSync(file, goodOrders)
    writeFileSync(join(project, "growing.pipeline.yaml"), growingPipeline("@acme/my-filter"))
    await shell.run(project, "npx", ["millrace", "apply", "growing.pipeline.yaml", "--grant"])
    await until(
      () => dashboardOf(url, "growing", "rated"),
      ({ rows }) =>
        rows.some(({ panels }) => panels.some(({ id, series }) => id === "records" && series.length > 0))
    )
    appendFileSync(file, badOrder)
    const appended = performance.now()
    await until(
      () => alertsOf(url),
      (alerts) =>
        alerts.some(
          ({ labels, rule, state }) =>
            rule === "dead-letters" && state === "firing" && labels["node"] === "rated"
        )
    )
    assert.isBelow(performance.now() - appended, 15_000)
  })

  it("is composed by its name in a second, empty folder", async () => {
    if (platform === undefined) throw new Error("no platform is up")
    const second = join(place.folder, "second")
    mkdirSync(second)
    writeFileSync(join(second, "pipeline.yaml"), secondPipeline("@acme/my-filter"))
    writeFileSync(join(second, "orders.ndjson"), secondOrders)
    await shell.run(second, "npm", ["install", "millrace"])
    const reach = ["--url", platform.url]
    const other = place.shell("author", { MILLRACE_TOKEN: platform.token })
    await other.run(second, "npx", ["millrace", "run", "pipeline.yaml", "--grant", "--until-end", ...reach])
    const { stdout } = await other.run(second, "npx", [
      "millrace",
      "topic",
      "read",
      "another-team.rated",
      ...reach
    ])
    assert.include(stdout, "edsger")
    assert.notInclude(stdout, "barbara")
  })
})

const decodeView = Schema.decodeUnknownSync(DashboardView)
const decodeAlerts = Schema.decodeUnknownSync(Schema.Array(AlertView))

const dashboardOf = async (url: string, pipeline: string, node: string) =>
  decodeView(
    await (await fetch(`${url}/api/dashboards/pipelines/${pipeline}/nodes/${node}?seconds=60`)).json()
  )

const alertsOf = async (url: string) => decodeAlerts(await (await fetch(`${url}/api/alerts`)).json())

/** The records of every NDJSON file in a folder, by id. */
const recordsBelow = (folder: string): readonly unknown[] =>
  readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"))
    .filter((line) => line !== "")
    .toSorted()
    .map((line) => JSON.parse(line))
