import { OutputOverflow } from "../data/output-set.ts"
import type { OutputSet } from "../data/output-set.ts"
import {
  ArrayIsArray,
  hasOwn,
  isObject,
  makeList,
  ObjectKeys,
  RangeErrorOf,
  TypeErrorOf
} from "../realm/primordials.ts"
import type { Body } from "./run-context.ts"

/** A body's answer, taken apart: what is to be written where. */
export interface Results {
  /** The record passes as it is. */
  readonly passes: boolean
  readonly list: readonly OneResult[]
}
export interface OneResult {
  readonly output: number
  readonly value: unknown
}

const passing: Results = { passes: true, list: makeList() }
const dropping: Results = { passes: false, list: makeList() }

/** Reads what a body answered. Throws a TypeError when it does not have the body's form. */
export function readResults(body: Body, answer: unknown, outputs: OutputSet, maxRecords: number): Results {
  if (body.form === "filter") {
    if (answer === true) return passing
    if (answer === false) return dropping
    throw new TypeErrorOf("a filter must answer true or false")
  }
  if (body.form === "map") {
    const list = makeList<OneResult>()
    list[0] = { output: 0, value: answer }
    return { passes: false, list }
  }
  if (answer === undefined || answer === null) return dropping
  let list: OneResult[] | undefined
  if (ArrayIsArray(answer)) list = addAll(undefined, 0, answer, maxRecords)
  else if (isObject(answer)) list = addNamed(answer, outputs, maxRecords)
  else throw new TypeErrorOf("a process body must answer an array of results, or one array for each output")
  return list === undefined ? dropping : { passes: false, list }
}

/** Undefined: nothing. */
function addNamed(
  answer: { readonly [name: string]: unknown },
  outputs: OutputSet,
  maxRecords: number
): OneResult[] | undefined {
  let list: OneResult[] | undefined
  const names = ObjectKeys(answer)
  for (let i = 0; i < names.length; i++) {
    const output = outputs.indexOf(names[i])
    if (output < 0) throw new TypeErrorOf("the result names an output that is not declared")
    const results = hasOwn(answer, names[i]) ? answer[names[i]] : undefined
    if (results === undefined) continue
    if (!ArrayIsArray(results)) throw new TypeErrorOf("the results for an output must be an array")
    list = addAll(list, output, results, maxRecords)
  }
  return list
}

function addAll(
  known: OneResult[] | undefined,
  output: number,
  results: readonly unknown[],
  maxRecords: number
): OneResult[] | undefined {
  const count = results.length
  if (count === 0) return known
  const list = known ?? makeList<OneResult>()
  if (list.length + count > maxRecords) throw new TooManyResults(maxRecords)
  for (let i = 0; i < count; i++) list[list.length] = { output, value: results[i] }
  return list
}

/** A record gave more results than its node may give for one. */
export class TooManyResults extends RangeErrorOf {
  readonly isTooMany = true
  constructor(maxRecords: number) {
    super("more than " + maxRecords + " results for one record")
  }
}

/** The code of an error that a body or the writing of its results threw. */
export function codeOf(error: unknown): "OUTPUT_TOO_LARGE" | "PLUGIN_FAILED" {
  return error instanceof TooManyResults || error instanceof OutputOverflow
    ? "OUTPUT_TOO_LARGE"
    : "PLUGIN_FAILED"
}
