import type { ExpressionFunction } from "@millrace/sdk"
import type { AggregateConfig, TopConfig } from "./config.ts"
import type { Aggregate, Given, Result } from "./core/aggregate.ts"
import type { Cell, Measure } from "./core/cell.ts"

/** A record's fields. */
export interface Row {
  readonly [field: string]: unknown
}

/** One aggregate of the config, ready for records. */
export interface Gathering {
  readonly name: string
  readonly aggregate: Aggregate
  /** `time`: the record's event time. */
  readonly given: (row: Row, time: number) => Given
  /** The output field's value. */
  readonly value: (result: Result) => unknown
}

export const gatheringOf = (name: string, config: AggregateConfig): Gathering => {
  if ("count" in config) return countOf(name, config.count)
  if ("sum" in config) return sumOf(name, "sum", config.sum)
  if ("avg" in config) return sumOf(name, "avg", config.avg)
  if ("min" in config) return extremeOf(name, config.min, false)
  if ("max" in config) return extremeOf(name, config.max, true)
  if ("first" in config) return byTimeOf(name, config.first, false)
  if ("last" in config) return byTimeOf(name, config.last, true)
  if ("distinct" in config) {
    const { distinct } = config
    return {
      name,
      aggregate: { is: "distinct" },
      given: (row) => valueOf(cellOf(distinct(row))),
      value: plainly
    }
  }
  return topOf(name, config.top)
}

const counted: Given = { by: null, row: [] }

/** A condition that is FALSE counts no more than one that is NULL. */
const countOf = (name: string, argument: "*" | ExpressionFunction<unknown>): Gathering => ({
  name,
  aggregate: { is: "count" },
  given: (row) => {
    if (argument === "*") return counted
    const value = argument(row)
    return value === null || value === false ? null : counted
  },
  value: plainly
})

const sumOf = (name: string, is: "sum" | "avg", argument: ExpressionFunction<unknown>): Gathering => ({
  name,
  aggregate: { is, measure: measureOf(argument) },
  given: (row) => valueOf(cellOf(argument(row))),
  value: plainly
})

const extremeOf = (
  name: string,
  argument: ExpressionFunction<unknown>,
  greatestFirst: boolean
): Gathering => ({
  name,
  aggregate: {
    is: "ranked",
    // Of equal values the later one stands for all: it stays the longest.
    ranking: { n: 1, greatestFirst, latestFirst: true, ties: false, measure: measureOf(argument) },
    gives: "value"
  },
  given: (row) => {
    const value = cellOf(argument(row))
    return value === null ? null : { by: value, row: [value] }
  },
  value: plainly
})

const byTimeOf = (
  name: string,
  argument: ExpressionFunction<unknown>,
  greatestFirst: boolean
): Gathering => ({
  name,
  aggregate: {
    is: "ranked",
    ranking: { n: 1, greatestFirst, latestFirst: greatestFirst, ties: false, measure: { is: "plain" } },
    gives: "value"
  },
  given: (row, time) => {
    const value = cellOf(argument(row))
    return value === null ? null : { by: time, row: [value] }
  },
  value: plainly
})

const topOf = (name: string, top: TopConfig): Gathering => {
  const { by, fields, n, order = "desc", ties = false } = top
  return {
    name,
    aggregate: {
      is: "ranked",
      ranking: { n, greatestFirst: order === "desc", latestFirst: false, ties, measure: measureOf(by) },
      gives: "rows"
    },
    given: (row) => {
      const value = cellOf(by(row))
      return value === null ? null : { by: value, row: fields.map((field) => cellOf(row[field])) }
    },
    value: (result) =>
      Array.isArray(result)
        ? result.map((row: readonly Cell[]) =>
            Object.fromEntries(fields.map((field, index) => [field, row[index] ?? null]))
          )
        : []
  }
}

const plainly = (result: Result): unknown => result

const valueOf = (by: Cell): Given => (by === null ? null : { by, row: [] })

const measureOf = ({ scale }: ExpressionFunction<unknown>): Measure =>
  scale === undefined ? { is: "plain" } : { is: "decimal", scale }

/** @throws TypeError for a value of several parts, which `derive` refuses. */
export const cellOf = (value: unknown): Cell => {
  switch (typeof value) {
    case "number":
      // -0 and 0 are one value: which of the two came first must make no difference.
      return value === 0 ? 0 : value
    case "boolean":
    case "bigint":
    case "string":
      return value
    default:
      if (value === null || value === undefined) return null
      if (value instanceof Uint8Array) return value
      throw new TypeError("a value of several parts cannot be gathered")
  }
}
