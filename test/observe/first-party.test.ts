import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { PackageManifest } from "@millrace/sdk/manifest"
import * as Schema from "effect/Schema"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, up } from "../input/program.ts"
import { schemaOffences } from "./grafana-schema.ts"
import { hasPrometheus, promtool } from "./prometheus.ts"

// What is generated for every plugin that comes with Millrace.

const folder = temporaryFolder()
const decodePackage = Schema.decodeUnknownSync(
  Schema.fromJsonString(
    Schema.Struct({ name: PackageManifest.fields.name, version: PackageManifest.fields.version })
  )
)
const packages = readdirSync(join(root, "plugins")).flatMap((name) => {
  const file = join(root, "plugins", name, "package.json")
  return existsSync(file) ? [decodePackage(readFileSync(file, "utf8"))] : []
})
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: folder.path, publish: [join(root, "plugins")] })
}, 600_000)
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const generated = async (kind: "dashboard" | "rules", { name, version }: (typeof packages)[number]) => {
  const reply = await fetch(`${platform.url}/api/packages/${name}/versions/${version}/${kind}`)
  assert.strictEqual(reply.status, 200, `${kind} of ${name}`)
  return reply.text()
}

describe("the first-party packages", () => {
  it("have dashboards by the schema of Grafana's SDK", async () => {
    const dashboards: { [name: string]: string } = {}
    for (const each of packages) dashboards[each.name] = await generated("dashboard", each)
    assert.isAbove(packages.length, 15)
    assert.strictEqual(await schemaOffences(dashboards), "")
  })

  it.skipIf(!hasPrometheus)("have alert rules that Prometheus takes", async () => {
    for (const each of packages) {
      const file = join(folder.path, "rules.yml")
      writeFileSync(file, await generated("rules", each))
      const { exit, output } = await promtool(["check", "rules", "--lint-fatal", file])
      assert.strictEqual(exit, 0, `${each.name}: ${output}`)
      assert.match(output, /SUCCESS: \d{1,2} rules found/)
      assert.notMatch(output, /SUCCESS: 0 rules/)
    }
  })
})
