import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { temporaryFolder } from "../input/program.ts"
import { drawFault } from "./faults/draw-fault.ts"
import { faultKinds } from "./faults/fault.ts"
import { plant, plantedVersion } from "./faults/plant.ts"
import { statusOf, untilHealthy } from "./stage/healthy.ts"
import { raiseStage } from "./stage/stage.ts"
import { shareWithout, untilShown, waysOf } from "./symptoms.ts"

// Each kind of fault on a platform of its own: sound until it is planted, and then told by the platform's numbers where it is.
// PLANTED_SEED draws other places and sizes.

const seed = Number(process.env["PLANTED_SEED"] ?? 7)
const folder = temporaryFolder()

beforeAll(() => {
  process.env["MILLRACE_ALERT_SCALE"] = "0.05"
})
afterAll(() => {
  delete process.env["MILLRACE_ALERT_SCALE"]
  folder.remove()
})

describe("a planted fault", () => {
  it.each(faultKinds)(
    "shows: %s",
    async (kind) => {
      const place = join(folder.path, kind)
      mkdirSync(place)
      const fault = drawFault(seed, kind)
      const stage = await raiseStage({ seed, folder: place })
      try {
        const { nodes } = await untilHealthy(stage.platform)
        assert.strictEqual(nodes.length, 12)
        for (const [field, { tap }] of Object.entries(waysOf))
          if (fault.kind === "dropped-field" && fault.field === field)
            assert.isBelow(await shareWithout(stage, tap, field), 0.2)
        await plant(stage, fault)
        await untilShown(stage, fault)
        const own = (await statusOf(stage.platform)).nodes.filter(
          (node) => !node.package.startsWith("@millrace/")
        )
        assert.deepStrictEqual(
          [...new Set(own.map((node) => node.package.split("@").at(-1)))],
          [plantedVersion]
        )
      } finally {
        await stage.close()
      }
    },
    600_000
  )
})

describe("a seed", () => {
  it("draws the same fault each time, and all kinds among the first fifty", () => {
    const drawn = Array.from({ length: 50 }, (_, each) => drawFault(each))
    assert.deepStrictEqual(
      drawn,
      Array.from({ length: 50 }, (_, each) => drawFault(each))
    )
    assert.deepStrictEqual(new Set(drawn.map(({ kind }) => kind)), new Set(faultKinds))
  })

  it("draws place and size whatever the kind, and several of each", () => {
    for (const kind of faultKinds) {
      const drawn = new Set(Array.from({ length: 50 }, (_, each) => JSON.stringify(drawFault(each, kind))))
      assert.isAbove(drawn.size, 10, kind)
    }
  })
})
