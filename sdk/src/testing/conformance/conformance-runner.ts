import type { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { nodeKind } from "../../manifest/manifest.ts"
import { type FixtureError, FixtureFault, fixtureError } from "../fixture/fixture-problem.ts"
import { TestError } from "../test-error.ts"
import { processorChecks } from "./processor/index.ts"
import { processorSubject } from "./processor/processor-subject.ts"
import { type Finding, type Rule, type Verdict, verdictOf } from "./rule.ts"
import { runsRule } from "./runs-rule.ts"
import type { Setup } from "./setups.ts"
import { sinkChecks } from "./sink/index.ts"
import { sinkSubject } from "./sink/sink-subject.ts"
import { sourceChecks } from "./source/index.ts"
import { sourceSubject } from "./source/source-subject.ts"
import { type Check, shown, type Trial } from "./subject.ts"

/** How a plugin took a rule. */
export interface RuleResult {
  readonly rule: Rule
  readonly file: string
  readonly line: number
  readonly plugin: string
  /** Of the surroundings. */
  readonly setup: string | undefined
  readonly status: "kept" | "broken" | "untried" | "skipped"
  /** Why it was not tried. */
  readonly why: string | undefined
  readonly findings: readonly Finding[]
  readonly ms: number
}

/** A rule, and its trial in surroundings. */
export interface RuleTrial {
  readonly rule: Rule
  readonly run: Effect.Effect<RuleResult, FixtureError, SandboxPool>
}

export const ruleNames = (kind: Rule["kind"]): readonly string[] =>
  [runsRule(kind), ...checksOf(kind).map(({ rule }) => rule)].map(({ name }) => name)

const checksOf = (kind: Rule["kind"]): readonly { readonly rule: Rule }[] =>
  kind === "source" ? sourceChecks : kind === "sink" ? sinkChecks : processorChecks

/** Every rule of every kind, in order. */
export const allRules: readonly Rule[] = (["source", "processor", "sink"] as const).flatMap((kind) => [
  runsRule(kind),
  ...checksOf(kind).map(({ rule }) => rule)
])

/** The rules for a plugin in surroundings, the first of which is that it runs in them at all. */
export const trialsOf = Effect.fnUntraced(function* (setup: Setup) {
  const { ready, skip } = setup
  const kind = nodeKind(ready.manifest)
  const odd = Object.keys(skip).find((name) => !ruleNames(kind).includes(name))
  if (odd !== undefined) return yield* fixtureError([unknownRule(setup, odd, kind)])
  if (kind === "source") {
    const subject = yield* sourceSubject(ready)
    const runs = Effect.map(subject.whole, (reads) =>
      verdictOf(
        reads.some(({ records }) => records.length > 0) ? [] : [nothing("read it", "a record at least")]
      )
    )
    return trials(setup, { rule: runsRule(kind), try: () => runs }, sourceChecks, subject)
  }
  if (kind === "sink") {
    const subject = yield* sinkSubject(ready)
    const runs = Effect.map(subject.whole, ({ batches }) =>
      verdictOf(batches.some(({ from, to }) => to > from) ? [] : [nothing("wrote to it", "records to write")])
    )
    return trials(setup, { rule: runsRule(kind), try: () => runs }, sinkChecks, subject)
  }
  const subject = yield* processorSubject(ready)
  const runs = Effect.map(subject.whole, ({ counts, error }) =>
    verdictOf([
      error === undefined ? undefined : failed(error),
      error === undefined && counts["in"] === 0 ? nothing("ran it", "records to run it on") : undefined
    ])
  )
  return trials(setup, { rule: runsRule(kind), try: () => runs }, processorChecks, subject)
})

const unknownRule = ({ ready: { fixture, path } }: Setup, name: string, kind: Rule["kind"]) =>
  fixture.problem(
    [...path, "skip", name],
    `there is no rule ${name} for a ${kind}`,
    `The rules are ${ruleNames(kind).join(", ")}`
  )

const nothing = (did: string, expected: string): Finding => ({ did, expected, came: "none" })
const failed = ({ code, message }: { readonly code: string; readonly message: string }): Finding => ({
  did: "ran it",
  expected: "it runs",
  came: `${code}: ${shown(message)}`
})

const trials = <Subject>(
  setup: Setup,
  runs: Check<Subject>,
  checks: readonly Check<Subject>[],
  subject: Subject
): readonly RuleTrial[] =>
  [runs, ...checks].map(({ rule, try: attempt }) => ({ rule, run: tried(setup, rule, attempt(subject)) }))

const tried = (setup: Setup, rule: Rule, attempt: Trial<Verdict>) =>
  Effect.gen(function* () {
    const { ready, skip } = setup
    const started = yield* Clock.currentTimeMillis
    const why = skip[rule.name]
    const verdict = why === undefined ? yield* verdictIn(setup, attempt) : undefined
    const result: RuleResult = {
      rule,
      file: ready.fixture.file,
      line: ready.fixture.place(ready.path).line,
      plugin: ready.manifest.name,
      setup: setup.name,
      status: verdict === undefined ? "skipped" : verdict.is,
      why: verdict?.is === "untried" ? verdict.why : why,
      findings: verdict?.is === "broken" ? verdict.findings : [],
      ms: (yield* Clock.currentTimeMillis) - started
    }
    return result
  })

/** What fails a check is a finding; what the file says wrong is the file's. */
const verdictIn = (
  { ready }: Setup,
  attempt: Trial<Verdict>
): Effect.Effect<Verdict, FixtureError, SandboxPool> =>
  attempt.pipe(
    Effect.catchTag("TestError", (error) => Effect.succeed(verdictOf([failed(error)]))),
    Effect.catchDefect((defect) => {
      if (defect instanceof TestError) return Effect.succeed(verdictOf([failed(defect)]))
      if (defect instanceof FixtureFault)
        return Effect.fail(fixtureError([ready.fixture.problem(defect.path, defect.message, defect.remedy)]))
      return Effect.die(defect)
    })
  )

/** Tries every rule, one after the other; none but the first where the plugin does not run. `onResult` is told of each at once. */
export const runTrials = Effect.fnUntraced(function* (
  setup: Setup,
  onResult: (result: RuleResult) => Effect.Effect<void> = () => Effect.void
) {
  const results: RuleResult[] = []
  for (const { run } of yield* trialsOf(setup)) {
    const result = yield* run
    results.push(result)
    yield* onResult(result)
    if (result.rule.name === "runs" && result.status === "broken") break
  }
  return results
})
