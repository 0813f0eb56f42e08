import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { stringify } from "yaml"
import { AlertBook } from "../../runtime/src/observe/alerts/book/alert-book.ts"
import { evaluateRules } from "../../runtime/src/observe/alerts/book/evaluate-rules.ts"
import { allRules } from "../../runtime/src/observe/rules/all-rules.ts"
import { packageRulesYaml, rulesYaml } from "../../runtime/src/observe/rules/prometheus-rules.ts"
import { rulesInForce, type WatchedPipeline } from "../../runtime/src/observe/rules/rules-in-force.ts"
import { platformRules } from "../../runtime/src/telemetry/alert/rule-name.ts"
import { alertTimes } from "../../runtime/src/observe/rules/scale.ts"
import { History } from "../../runtime/src/telemetry/history/history.ts"
import { hasPrometheus, promtool } from "./prometheus.ts"
import {
  clearAt,
  familiesAt,
  faultEnd,
  faultStart,
  type Scenario,
  scenarios,
  stepSeconds
} from "./rule-scenarios.ts"

const times = alertTimes(1)
const traits = {
  kind: "processor",
  takes: true,
  gives: true,
  keepsState: true,
  usesTime: true,
  asks: true
} as const
const movies: WatchedPipeline = {
  pipeline: "movies",
  owner: "studio",
  alerts: {},
  nodes: [{ node: "rated", chain: "rated", domain: "@acme", traits }]
}
const inForce = rulesInForce([movies], { times, observed: () => undefined })
/** Of the fault the last second, by when each `for` and each window is over. */
const firingAt = faultEnd - stepSeconds

const ruleOf = ({ rule }: Scenario) => {
  const found = allRules.find(({ name }) => name === rule)
  if (found === undefined) throw new Error(`there is no rule ${rule}`)
  return found
}

/** A group of promtool's unit tests: the rule alone fires in the fault, and not before or after. */
const unitTest = (scenario: Scenario, extra: { readonly [name: string]: string }) => {
  const ticks = Array.from({ length: clearAt / stepSeconds + 1 }, (_, tick) => tick * stepSeconds)
  const series = familiesAt(scenario, 0).map(({ definition, samples }, index) => ({
    series: `${definition.name}{${Object.entries(samples[0]?.labels ?? {})
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(",")}}`,
    values: ticks.map((at) => JSON.stringify(familiesAt(scenario, at)[index]?.samples[0]?.value)).join(" ")
  }))
  const { alert, severity } = ruleOf(scenario)
  const expected = (at: number) => ({
    eval_time: `${at}s`,
    alertname: alert,
    exp_alerts: at === firingAt ? [{ exp_labels: { severity, ...scenario.labels, ...extra } }] : []
  })
  return {
    interval: `${stepSeconds}s`,
    input_series: series,
    alert_rule_test: [faultStart, firingAt, clearAt].map(expected)
  }
}

/** Runs promtool's check and its unit tests over rules; annotations are left out, for a unit test would repeat them. */
const checked = async (
  yaml: string,
  faults: readonly Scenario[],
  extra: (scenario: Scenario) => { readonly [name: string]: string }
) => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-rules-"))
  try {
    writeFileSync(join(folder, "rules.yml"), yaml)
    writeFileSync(join(folder, "bare.yml"), yaml.replaceAll(/^ +annotations:\n(?: {10,}.*\n)*/gm, ""))
    writeFileSync(
      join(folder, "tests.yml"),
      stringify({
        rule_files: ["bare.yml"],
        evaluation_interval: `${stepSeconds}s`,
        tests: faults.map((scenario) => unitTest(scenario, extra(scenario)))
      })
    )
    const check = await promtool(["check", "rules", "--lint-fatal", join(folder, "rules.yml")])
    assert.strictEqual(check.exit, 0, check.output)
    const test = await promtool(["test", "rules", join(folder, "tests.yml")])
    assert.strictEqual(test.exit, 0, test.output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("alert rules", () => {
  it("have a scenario each", () => {
    assert.deepStrictEqual(
      scenarios.map(({ rule }) => rule).toSorted(),
      allRules.map(({ name }) => name).toSorted()
    )
  })

  it.each(scenarios.map((scenario) => [scenario.rule, scenario] as const))(
    "%s fires in its fault and clears after it, here",
    (name, scenario) => {
      const history = new History({ intervalMs: stepSeconds * 1_000 })
      const book = new AlertBook({ resolvedMs: 1e9, heldUntil: () => 0 })
      const seen: { [at: number]: readonly string[] } = {}
      for (let at = 0; at <= clearAt; at += stepSeconds) {
        history.append(at * 1_000, familiesAt(scenario, at))
        book.observe(at * 1_000, evaluateRules(inForce, { history, times, at: at * 1_000 }))
        seen[at] = book
          .all()
          .filter(({ force, state }) => force.rule.name === name && state === "firing")
          .map(({ labels }) => JSON.stringify(labels))
      }
      const holds = Object.fromEntries(
        Object.entries(scenario.labels).map(([label, value]) => [label, value] as const)
      )
      assert.deepStrictEqual(seen[faultStart], [], "before the fault")
      assert.deepStrictEqual(
        seen[firingAt]?.map((text): unknown => JSON.parse(text)),
        [holds],
        "in the fault"
      )
      assert.deepStrictEqual(seen[clearAt], [], "after it")
      assert.isTrue(
        book.all().some(({ force, state }) => force.rule.name === name && state === "resolved"),
        "it is told as resolved"
      )
    }
  )
})

describe.skipIf(!hasPrometheus)("alert rules in Prometheus", () => {
  it("fire in their faults and clear after them, as they are in force", async () => {
    await checked(rulesYaml(inForce, times), scenarios, ({ rule }) =>
      platformRules.some((name) => name === rule) ? {} : { owner: "studio" }
    )
  })

  it("fire in their faults and clear after them, as made for a package's version", async () => {
    const yaml = packageRulesYaml({ package: "@acme/movies", version: "1.2.0", traits: [traits] }, times)
    // The same rules under other labels: promtool takes a second for each.
    const sample = scenarios.filter((_, index) => index % 4 === 0)
    await checked(yaml, sample, () => ({ package: "@acme/movies" }))
  })
})
