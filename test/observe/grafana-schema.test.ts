import { assert, describe, it } from "vitest"
import {
  packageGrafana,
  pipelineGrafana,
  platformGrafana
} from "../../runtime/src/observe/dashboards/generated.ts"
import type { NodeTraits } from "../../runtime/src/observe/node-traits.ts"
import { schemaOffences } from "./grafana-schema.ts"

const everything: NodeTraits = {
  kind: "processor",
  takes: true,
  gives: true,
  keepsState: true,
  usesTime: true,
  asks: true
}
const packaged = packageGrafana({ package: "@acme/orders", version: "1.2.0", traits: [everything], own: [] })

describe("generated dashboards", () => {
  it("fit the schema of Grafana's SDK", async () => {
    const offences = await schemaOffences({
      package: packaged,
      pipeline: pipelineGrafana(),
      platform: platformGrafana()
    })
    assert.strictEqual(offences, "")
  })

  it("would be found out if they did not", async () => {
    for (const [from, to] of [
      ['"graphTooltip": 1', '"graphTooltip": "shared"'],
      ['"repeatDirection": "h"', '"repeatDirection": "up"'],
      ['"legendFormat"', '"legend"'],
      ['"showLegend": true', '"showLegend": "yes"']
    ] as const) {
      const spoilt = packaged.replace(from, to)
      assert.notStrictEqual(spoilt, packaged, from)
      assert.match(await schemaOffences({ spoilt }), /^dashboards\.ts.* error TS/, `${from} became ${to}`)
    }
  })
})
