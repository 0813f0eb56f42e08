import { fileURLToPath } from "node:url"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { nodeKind } from "../../manifest/manifest.ts"
import type { ConformanceCase } from "../fixture/fixture-file.ts"
import { moduleLoader } from "../fixture/fixture-runner.ts"
import { TestError } from "../test-error.ts"
import { codeSetup } from "./conformance-file.ts"
import { allRules, trialsOf } from "./conformance-runner.ts"
import type { Rule } from "./rule.ts"
import { formatRule } from "./show-rule.ts"

/** What a plugin is tried in: config, records and fakes, as a case of a fixture says them. */
export type ConformanceSpec = ConformanceCase

/** One rule, for a test of one's own. */
export interface ConformanceTest {
  /** The rule's name, and what it says. */
  readonly name: string
  readonly rule: string
  /** Rejects with what was done, what came, why it matters and what to do. */
  readonly run: () => Promise<void>
}

export interface ConformanceTests {
  readonly rules: readonly ConformanceTest[]
  /** To be called at the end: the sandbox holds processes. */
  readonly close: () => Promise<void>
}

type Conformance = (module: string | URL, spec?: ConformanceSpec) => ConformanceTests

const conformanceOf =
  (kind: Rule["kind"]): Conformance =>
  (module, spec = {}) => {
    const path = typeof module === "string" ? module : fileURLToPath(module)
    const runtime = ManagedRuntime.make(SandboxPool.layer({}))
    const preparing = Effect.gen(function* () {
      const setup = yield* codeSetup(path, spec, (manifest) => nodeKind(manifest) === kind, moduleLoader())
      if (setup === undefined)
        return yield* new TestError({ code: "SETUP", message: `the module has no ${kind}` })
      return yield* trialsOf(setup)
    })
    let prepared: ReturnType<typeof prepare> | undefined
    const prepare = () => runtime.runPromise(preparing)
    const attempt = async (rule: Rule): Promise<void> => {
      const trials = await (prepared ??= prepare())
      const trial = trials.find((each) => each.rule.name === rule.name)
      const result = trial === undefined ? undefined : await runtime.runPromise(trial.run)
      if (result?.status === "broken") throw new Error(formatRule(result).join("\n"))
    }
    return {
      rules: allRules
        .filter((rule) => rule.kind === kind)
        .map((rule) => ({ name: `${rule.name}: ${rule.says}`, rule: rule.name, run: () => attempt(rule) })),
      close: () => runtime.dispose()
    }
  }

/**
 * The rules that every source holds to (docs/reference/conformance.md), for any test runner; tried in the real sandbox, with kills,
 * failing requests and damaged input:
 *
 *     const { rules, close } = sourceConformance(new URL("./index.ts", import.meta.url), { config: { path: "orders" } })
 *     afterAll(close)
 *     for (const { name, run } of rules) it(name, run)
 */
export const sourceConformance: Conformance = conformanceOf("source")

/** The same for a processor, or a function as a node. */
export const processorConformance: Conformance = conformanceOf("processor")

/** The same for a sink. */
export const sinkConformance: Conformance = conformanceOf("sink")
