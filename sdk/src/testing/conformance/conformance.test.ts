import { fileURLToPath } from "node:url"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, assert, describe, it } from "vitest"
import { moduleLoader } from "../fixture/index.ts"
import { fixtureSetups } from "./conformance-file.ts"
import { allRules, trialsOf } from "./conformance-runner.ts"
import { formatRule } from "./show-rule.ts"
import type { Setup } from "./setups.ts"

// Plugins that keep every rule, and the same ones told to break one: a setup's name is the rule that it breaks.

const runtime = ManagedRuntime.make(SandboxPool.layer({}))
const load = moduleLoader()
afterAll(() => runtime.dispose())

const setupsOf = async (kind: string): Promise<readonly Setup[]> => {
  const file = fileURLToPath(new URL(`./fixtures/${kind}s.fixture.yaml`, import.meta.url))
  return (await runtime.runPromise(fixtureSetups(file, load))).setups
}

/** What is broken in a setup, of these rules or of all. */
const brokenIn = (setup: Setup, rules?: readonly string[]) =>
  runtime.runPromise(
    Effect.gen(function* () {
      const found: string[] = []
      const untried: string[] = []
      for (const { rule, run } of yield* trialsOf(setup)) {
        if (rules?.includes(rule.name) === false) continue
        const result = yield* run
        if (result.status === "broken") found.push(formatRule(result).join("\n"))
        if (result.status !== "kept") untried.push(rule.name)
      }
      return { found, untried }
    })
  )

for (const kind of ["source", "processor", "sink"] as const)
  describe(`the rules for a ${kind}`, () => {
    it("hold for plugins that keep them", async () => {
      for (const setup of (await setupsOf(kind)).filter(({ name }) => name === "none")) {
        const { found } = await brokenIn(setup)
        assert.deepStrictEqual(found, [], setup.ready.manifest.name)
      }
    })

    it("each find what breaks it", async () => {
      const setups = await setupsOf(kind)
      const broken = setups.filter(({ name }) => name !== "none")
      for (const setup of broken) {
        const { found } = await brokenIn(setup, [setup.name ?? ""])
        assert.lengthOf(found, 1, `${setup.ready.manifest.name} with ${setup.name}`)
      }
      const names = new Set(broken.map(({ name }) => name))
      const missing = allRules.filter((rule) => rule.kind === kind && !names.has(rule.name))
      assert.deepStrictEqual(missing, [])
    })
  })
