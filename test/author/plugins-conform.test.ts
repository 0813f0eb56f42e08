import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fixtureSetups, formatRule, moduleLoader, runTrials } from "@millrace/sdk/testing"
import { SandboxPool } from "@millrace/sandbox"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, assert, describe, it } from "vitest"
import { root } from "../input/program.ts"

// First-party plugins, on the rules of their kinds, in what their own fixtures say.

const patienceMs = 400_000
const runtime = ManagedRuntime.make(SandboxPool.layer({}))
const load = moduleLoader()
afterAll(() => runtime.dispose())

const fixtures = readdirSync(join(root, "plugins")).flatMap((name) => {
  const file = join(root, "plugins", name, "src/index.fixture.yaml")
  return existsSync(file) ? [{ name, file }] : []
})

describe("the first-party plugins", () => {
  for (const { file, name } of fixtures)
    it(
      `${name} holds to the rules of its kind`,
      async () => {
        const { setups } = await runtime.runPromise(fixtureSetups(file, load))
        assert.isAbove(setups.length, 0)
        for (const setup of setups) {
          const results = await runtime.runPromise(runTrials(setup))
          const broken = results.filter(({ status }) => status === "broken")
          assert.deepStrictEqual(
            broken.map((result) => formatRule(result).join("\n")),
            []
          )
          assert.isAbove(results.filter(({ status }) => status === "kept").length, 5)
        }
      },
      patienceMs
    )
})
