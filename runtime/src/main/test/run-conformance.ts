import { relative } from "node:path"
import { type RuleResult, runTrials, type Setup } from "@millrace/sdk/testing"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { endWith } from "../terminal/ending.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { findSetups } from "./conformance-setups.ts"
import { conformanceJson, conformanceSummary, ruleCounts, ruleLines } from "./print-conformance.ts"
import { fileErrors } from "./run-files.ts"
import type { TestOptions } from "./test-options.ts"
import { distinct } from "./timed-run.ts"

/** `millrace test --conformance`: tries the plugins at the paths on the rules of their kinds. */
export const runConformance = Effect.fnUntraced(function* (options: TestOptions) {
  const { filter, json, paths } = options
  if (options.watch || options.update) return yield* notTogether(options.watch ? "--watch" : "--update")
  const started = yield* Clock.currentTimeMillis
  const found = yield* findSetups(paths)
  const setups = found.setups.filter((setup) => isWanted(setup, filter))
  const errors = [...found.errors]
  const results: RuleResult[] = []
  for (const setup of setups) {
    const tried = yield* trySetup(setup, json)
    results.push(...tried.results)
    errors.push(...tried.errors)
  }
  const plugins = new Set(results.map(({ file, plugin }) => `${file} ${plugin}`)).size
  const ms = (yield* Clock.currentTimeMillis) - started
  yield* json
    ? printJson(conformanceJson(results, plugins, ms))
    : printLines([conformanceSummary(results, plugins, ms)])
  if (errors.length > 0) return yield* new CommandErrors({ errors: distinct(errors) })
  if (setups.length === 0) return yield* nothing(paths, filter)
  if (ruleCounts(results).broken > 0) yield* endWith(exitCode.failed)
})

const isWanted = ({ name = "", ready }: Setup, filter: string | undefined): boolean => {
  const wanted = filter?.toLowerCase()
  const texts = [name, ready.manifest.name, ready.fixture.file]
  return wanted === undefined || texts.some((text) => text.toLowerCase().includes(wanted))
}

interface Tried {
  readonly results: readonly RuleResult[]
  readonly errors: readonly CommandError[]
}

/** What runs in no surroundings that can be made up needs some that are said. */
const trySetup = (setup: Setup, json: boolean) => {
  const told = (result: RuleResult) =>
    json || isUnfit(setup, result) ? Effect.void : printLines(ruleLines(result))
  return runTrials(setup, told).pipe(
    Effect.map((results): Tried => {
      const unfit = results.find((result) => isUnfit(setup, result))
      return unfit === undefined
        ? { results, errors: [] }
        : { results: [], errors: [specNeeded(setup, unfit)] }
    }),
    Effect.catch((error) =>
      Effect.succeed<Tried>({ results: [], errors: fileErrors(error, setup.ready.fixture.file) })
    )
  )
}

const isUnfit = ({ from }: Setup, { rule, status }: RuleResult): boolean =>
  from === "manifest" && rule.name === "runs" && status === "broken"

const specNeeded = ({ ready }: Setup, { findings }: RuleResult): CommandError => {
  const { name } = ready.manifest
  const [finding] = findings
  const why =
    finding === undefined
      ? ""
      : `: ${finding.came === "none" ? `nobody says ${finding.expected}` : finding.came}`
  return new CommandError({
    code: "CONFORMANCE_SPEC_NEEDED",
    message: `${name} cannot be tried in what is made up of its manifest${why}`,
    where: relative(process.cwd(), ready.fixture.file),
    remedy: `say in a fixture what it needs, like: conformance: [{ plugin: ${name}, ${needs(ready)} }]`,
    exit: exitCode.badInput
  })
}

/** What a plugin of this kind needs. */
const needs = ({ manifest }: Setup["ready"]): string => {
  const kinds = manifest.permissions.map(({ handle, permission }) => [handle, permission.kind] as const)
  const file = kinds.find(([, kind]) => kind === "read")
  const net = kinds.find(([, kind]) => kind === "net")
  const [table] = manifest.tables
  return [
    "config: { … }",
    ...(file === undefined ? [] : [`files: { ${file[0]}: { "a.txt": … } }`]),
    ...(net === undefined ? [] : [`http: { ${net[0]}: [{ reply: { body: … } }] }`]),
    ...(table === undefined ? [] : [`tables: { ${table.name}: [ … ] }`]),
    ...(manifest.inputs.some(({ contract }) => contract.form !== "closed") ? ["input: [{ … }]"] : [])
  ].join(", ")
}

const notTogether = (flag: string) =>
  new CommandError({
    code: "TEST_FLAGS",
    message: `--conformance and ${flag} do not go together`,
    where: flag,
    remedy: `leave ${flag} out`,
    exit: exitCode.usage
  })

const nothing = (paths: readonly string[], filter: string | undefined) =>
  new CommandError({
    code: "FIXTURE_MISSING",
    message: filter === undefined ? "there is no plugin" : "no plugin has this text",
    where: filter ?? paths.join(", "),
    remedy:
      filter === undefined
        ? "name a module, a fixture, or a project's folder"
        : "name a part of a plugin or file",
    exit: exitCode.badInput
  })
