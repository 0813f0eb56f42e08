import * as fc from "fast-check"
import type { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { stringify } from "yaml"
import type { Json } from "../../avro/type.ts"
import { cutDifferences, outcomeDifferences } from "../fixture/compare-outcome.ts"
import { moduleOf } from "../fixture/find-module.ts"
import type { FixtureCase } from "../fixture/fixture-file.ts"
import {
  type CaseResult,
  type FixtureOptions,
  pickPlugin,
  reading,
  withDefaults
} from "../fixture/fixture-runner.ts"
import { emptyOutcome, type Outcome } from "../fixture/outcome.ts"
import { type Fixture, readFixture } from "../fixture/read-fixture.ts"
import { type ReadyCase, runCase } from "../fixture/run-case.ts"
import { generatedRows, withRows } from "./generated-case.ts"

export interface PropertyOptions {
  /** Batches of generated records for each plugin. */
  readonly runs: number
  /** The same seed gives the same records. Default 0. */
  readonly seed?: number
  readonly load: FixtureOptions["load"]
}

/** How a plugin took generated records; `counterexample` is a case for a fixture, as small as was found. */
export interface PropertyResult extends CaseResult {
  readonly counterexample: string | undefined
}

/**
 * Runs each processor of a fixture file on batches of records that are generated from its input's contract, in the surroundings of
 * its first case there. No record may fail but by an error of the plugin's own (a tagged one); what comes out fits its contract;
 * and cut into single records, each with a fresh memory, the batch gives the same.
 */
export const runProperties = Effect.fn("runProperties")(function* (file: string, options: PropertyOptions) {
  const fixture = yield* reading(() => readFixture(file))
  const loaded = yield* options.load(yield* moduleOf(fixture))
  const results: PropertyResult[] = []
  const seen = new Set<string>()
  for (const [index, each] of fixture.content.cases.entries()) {
    const path = ["cases", index]
    const given = withDefaults(each, fixture.content)
    const manifest = yield* pickPlugin(fixture, given, path, loaded)
    const rows = given.expect?.error === undefined ? generatedRows(file, manifest, given) : undefined
    if (rows === undefined || seen.has(manifest.name)) continue
    seen.add(manifest.name)
    const ready = { fixture, path, case: given, manifest, bundle: loaded.bundle }
    results.push(yield* checkPlugin(ready, rows, options))
  }
  return results
})

const checkPlugin = Effect.fnUntraced(function* (
  ready: ReadyCase,
  rows: fc.Arbitrary<readonly Json[]>,
  { runs, seed = 0 }: PropertyOptions
) {
  const services = yield* Effect.context<SandboxPool>()
  const started = yield* Clock.currentTimeMillis
  const name = `${runs} batches of generated records`
  const judgeRows = (given: readonly Json[]): Promise<Judged> =>
    Effect.runPromiseWith(services)(judge({ ...ready, case: withRows(ready.case, name, given) }))
  const found = yield* Effect.promise(() => smallestFinding(rows, judgeRows, { runs, seed }))
  const result: PropertyResult = {
    file: ready.fixture.file,
    line: lineOf(ready.fixture, ready.path),
    name,
    plugin: ready.manifest.name,
    status: found === undefined ? "passed" : "failed",
    cut: found?.judged.cut,
    differences: found?.judged.differences ?? [],
    outcome: found?.judged.outcome ?? emptyOutcome,
    ms: (yield* Clock.currentTimeMillis) - started,
    counterexample: found === undefined ? undefined : caseText(ready.case, found.rows)
  }
  return result
})

const lineOf = (fixture: Fixture, path: ReadyCase["path"]): number => fixture.place(path).line

type Judged = Pick<CaseResult, "cut" | "differences" | "outcome">

/** Batches that are tried once one has failed, for a smaller one. */
const maxShrinks = 40

const smallestFinding = async (
  rows: fc.Arbitrary<readonly Json[]>,
  judgeRows: (rows: readonly Json[]) => Promise<Judged>,
  { runs, seed }: { readonly runs: number; readonly seed: number }
) => {
  let found: { readonly rows: readonly Json[]; readonly judged: Judged } | undefined
  let shrinks = 0
  const property = fc.asyncProperty(rows, async (given) => {
    if (found !== undefined && ++shrinks > maxShrinks) return true
    const judged = await judgeRows(given)
    if (judged.differences.length > 0) found = { rows: given, judged }
    return judged.differences.length === 0
  })
  const { errorInstance, failed } = await fc.check(property, { numRuns: runs, seed })
  if (failed && found === undefined) throw errorInstance
  return found
}

/** Pieces that a generated batch is cut into: there are several, and a fresh memory for each piece is what takes time. */
const generatedPieces = 4

const judge = (ready: ReadyCase) =>
  Effect.gen(function* () {
    const outcome = yield* runCase(ready, "whole")
    const own = outcome.deadLetters.filter(({ code, tag }) => code === "PLUGIN_FAILED" && tag !== undefined)
    const differences = outcomeDifferences({ deadLetters: own }, outcome)
    if (differences.length > 0) return judged(differences, "whole", outcome)
    if (ready.case.cuts === false) return judged([], undefined, outcome)
    const size = Math.ceil((ready.case.input ?? []).length / generatedPieces)
    const cut = yield* runCase({ ...ready, manner: { size, isFresh: true } }, "cut")
    return judged(cutDifferences(outcome, cut, "processor"), "cut", outcome)
  })

const judged = (
  differences: CaseResult["differences"],
  cut: CaseResult["cut"],
  outcome: Outcome
): Judged => ({ differences, cut: differences.length === 0 ? undefined : cut, outcome })

/** A case to paste into a fixture. */
const caseText = (given: FixtureCase, rows: readonly Json[]): string => {
  const { input, name, ...rest } = withRows(given, "found by generated records", rows)
  return stringify([{ name, ...rest, input }], { lineWidth: 0, collectionStyle: "any" })
}
