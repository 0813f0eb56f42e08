import { Pace } from "@millrace/sandbox"
import type { ResolvedNode } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import type { PhysicalPlan } from "../../plan/index.ts"
import { batchBytes, sourceRecords, type WorkerEnvironment } from "../../worker/worker-environment.ts"
import { type Batch, batchesOf, encodeInput, type EncodedInput, singleBatches } from "./batches.ts"
import type { BenchOptions } from "./bench-options.ts"
import { type BenchReport, makeReport } from "./bench-report.ts"
import { codecMicros, type HandledBatch, resolveSubject } from "./codec-cost.ts"
import { fieldUses } from "./field-use.ts"
import { allFailed, failureOf } from "./failure.ts"
import { costsOf, evidenceOf, notesOf } from "./evidence.ts"
import { findingsOf } from "./findings.ts"
import { rememberingBodies, withVariant } from "./guest-variants.ts"
import { measure, measureSingles, pass, warmUp } from "./measure.ts"
import { openRig, type Rig } from "./rig.ts"
import { partsOf, sharesOf } from "./shares.ts"
import type { Subject } from "./subject.ts"
import { noTotals } from "./totals.ts"

export interface BenchSetup {
  readonly environment: WorkerEnvironment
  readonly options: BenchOptions
  readonly plan: PhysicalPlan
  readonly subject: Subject
  /** Tells a person how far it is. */
  readonly tell: (text: string) => Effect.Effect<void>
}

/** Warms the plugin up, measures it, takes its time apart, and says what could be better. */
export const measurePlugin = Effect.fn("measurePlugin")(function* (setup: BenchSetup) {
  const { environment, options, plan, subject, tell } = setup
  const { manifest } = subject
  yield* tell("Making records")
  const resolved = yield* Effect.orElseSucceed(resolveSubject(subject), () => undefined)
  const inputs = subject.inputs
    .filter(({ isTable }) => !isTable)
    .map((input) => encodeInput(input, resolved?.inputs[input.name]?.keyBy ?? input.key, options.records))
  const rig = yield* openRig(environment, plan)
  const batches = yield* pacedBatches(setup, rig, inputs)
  yield* tell("Warming up")
  const first = yield* pass(rig, batches, noTotals())
  if (first.failed === first.records) return yield* allFailed(subject, first)
  const warm = yield* warmUp(rig, batches)
  const without = yield* Effect.orElseSucceed(rigWithoutBodies(setup, rig, inputs, batches), () => undefined)
  const measured = yield* measure(rig, without, batches, {
    milliseconds: options.seconds * 1_000,
    onPass: (doneMs) =>
      tell(`Measuring: ${Math.min(options.seconds, Math.floor(doneMs / 1_000))} of ${options.seconds} s`)
  })
  yield* tell("Taking it apart")
  const singles = yield* measureSingles(rig, inputs.slice(0, 1).flatMap(singleBatches), singlesMs)
  const codec = yield* codecCost(rig, resolved, batches)
  const costs = costsOf(measured, codec)
  const parts = partsOf(costs)
  const shares = sharesOf(parts)
  const [batch] = batches
  const fields =
    resolved === undefined || batch === undefined
      ? []
      : yield* fieldUses(environment, plan, { manifest, resolved, batch: firstRecords(inputs, batch) })
  const report: BenchReport = makeReport({
    plugin: manifest.name,
    records: subject.inputs.map(({ name, what }) => `${name}: ${what}`).join("; "),
    seed: options.seed,
    warmUp: warm,
    measured,
    singles,
    total: costs.total,
    parts,
    shares,
    failure: failureOf(subject, measured.full),
    notes: notesOf({ measured, codec, isSteady: warm.isSteady, subject }),
    findings: findingsOf(evidenceOf(manifest, measured.full, { parts, shares, fields }))
  })
  return report
})

const singlesMs = 1_500
/** Records that a body is watched on: which fields it looks at. */
const watchedRecords = 200

const firstRecords = (inputs: readonly EncodedInput[], whole: Batch): Batch =>
  batchesOf(
    inputs.map((input) => ({ ...input, records: input.records.slice(0, watchedRecords) })),
    { records: Infinity, bytes: Infinity }
  )[0] ?? whole

/** Batches that a slow plugin is timed by before it gets whole ones. */
const probeRecords = 160
const probes = 5
/** CPU time of the guest that a batch is made to take at most. */
const mostBatchMs = 500

/** Batches as a task behind a source takes them: as many bytes and records, and of a slow plugin fewer. */
const pacedBatches = Effect.fnUntraced(function* (
  { environment }: BenchSetup,
  rig: Rig,
  inputs: readonly EncodedInput[]
) {
  const pace = new Pace()
  const small = batchesOf(inputs, { bytes: batchBytes, records: probeRecords }).slice(0, probes)
  for (const batch of small) {
    const { guestMicros } = yield* pass(rig, [batch], noTotals())
    pace.note(batch.records, guestMicros / 1_000)
  }
  const records = Math.min(sourceRecords(environment), pace.fitting(mostBatchMs))
  return batchesOf(inputs, { bytes: batchBytes, records })
})

/** What the codecs alone take of a record; undefined where they cannot be run outside of the plan. */
const codecCost = Effect.fnUntraced(function* (
  rig: Rig,
  resolved: ResolvedNode | undefined,
  batches: readonly Batch[]
) {
  if (resolved === undefined) return undefined
  const handled: HandledBatch[] = []
  yield* pass(rig, batches, noTotals(), (batch, { result }) =>
    handled.push({ batch, outputs: result.outputs })
  )
  return codecMicros(resolved, handled)
})

/**
 * The plugin without the work of its bodies, warmed up; undefined where it does not give as many records as the plugin itself, for
 * then the difference would be of something else.
 */
const rigWithoutBodies = Effect.fnUntraced(function* (
  { environment, plan }: BenchSetup,
  rig: Rig,
  inputs: readonly EncodedInput[],
  batches: readonly Batch[]
) {
  const counts = Object.fromEntries(inputs.map(({ name, records }) => [name, records.length]))
  const without = yield* openRig(environment, withVariant(plan, "remembering", rememberingBodies(counts)))
  yield* warmUp(without, batches)
  const theirs = yield* pass(without, batches, noTotals())
  const ours = yield* pass(rig, batches, noTotals())
  return theirs.failed === ours.failed ? without : undefined
})
