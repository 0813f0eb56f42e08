import * as fc from "fast-check"
import type { AnyContract } from "../../plugin/contract.ts"
import { recordArbitrary } from "./record-arbitrary.ts"
import { type RecordSource, recordTypeOf } from "./record-type.ts"
import { sampleOf, type SampleOptions } from "./sample-records.ts"

/** The values of a source: a contract's own type, else unknown. */
export type ValueOf<S> = S extends AnyContract ? S["Type"] : unknown

/**
 * A generator (fast-check) of a contract's records, or of those of an Avro record schema: edge values of every type, empty
 * and long texts, every branch of a union, what the checks allow and nothing else.
 */
export const recordsOf = <S extends RecordSource>(source: S): fc.Arbitrary<ValueOf<S>> =>
  recordArbitrary(recordTypeOf(source)) as fc.Arbitrary<ValueOf<S>>

/** Some of the records that {@link recordsOf} generates; the same seed gives the same ones. */
export const edgeRecords = <S extends RecordSource>(
  source: S,
  { seed = 0, count = 10 }: Pick<SampleOptions, "seed" | "count"> = {}
): readonly ValueOf<S>[] => fc.sample(recordsOf(source), { seed, numRuns: count })

/** Plausible records: names, ids, prices and dates by the fields' names and types. The same seed gives the same ones. */
export const sampleRecords = <S extends RecordSource>(
  source: S,
  options: SampleOptions = {}
): readonly ValueOf<S>[] => sampleOf(recordTypeOf(source), options) as readonly ValueOf<S>[]
