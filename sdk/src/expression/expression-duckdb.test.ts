import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import * as fc from "fast-check"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { compileExpression } from "./index.ts"
import { evaluateTree } from "./testing/evaluate-tree.ts"
import { dayText, duckdbType, printTree } from "./testing/print-tree.ts"
import { typed } from "./testing/run-expression.ts"
import {
  treeRow,
  trees,
  treeSchema,
  treeTypes,
  type Tree,
  type TreeRow,
  type TreeType
} from "./testing/tree.ts"

/*
 * Where a result differs from DuckDB's it is one of these. What differs by design and can be written otherwise
 * (integer division, rounding in casts, the numbers of the days of the week, CONCAT and GREATEST with NULL) is in print-tree.ts,
 * or not in the trees.
 */
const differences = [
  // INTEGER by zero is an error here, NULL there.
  "division by zero",
  // BIGINT beyond 2^53-1 is an error here, as it would not be exact in JavaScript; there the bound is 2^63-1.
  "beyond 2^53",
  // They evaluate operands that a NULL, a CASE or an AND made needless here, and report their overflow.
  "their error in what is not needed here",
  // Their optimizer leaves an operand out that fails, as the result is known without; here operands go from left to right.
  "our error in what they left out",
  // Both refuse the record, each by its own error.
  "error in both",
  // ROUND of a DOUBLE to -0.0 is 0.0 here; it shows after a division by it.
  "sign of a zero"
] as const
type Difference = (typeof differences)[number]

const rows: readonly TreeRow[] = fc.sample(treeRow, { numRuns: 12, seed: 20_260_101 })
const count = Number(process.env["EXPRESSION_RUNS"] ?? 600)
const seed = Number(process.env["EXPRESSION_SEED"] ?? 42)
const samples: readonly Tree[] = fc.sample(
  fc.constantFrom(...treeTypes).chain((type) => trees(3)(type)),
  { numRuns: count, seed }
)

describe("against DuckDB", () => {
  let instance: DuckDBInstance
  let connection: DuckDBConnection

  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:", { threads: "1" })
    connection = await instance.connect()
    const columns = treeTypes.flatMap((type) =>
      [`x_${type}`, `n_${type}`].map((name) => `${name} ${duckdbType(type)}`)
    )
    await connection.run(`CREATE TABLE rows (id INTEGER, ${columns.join(", ")})`)
    for (const [id, row] of rows.entries()) {
      const values = treeTypes.flatMap((type) => [
        sqlValue(type, row[`x_${type}`]),
        sqlValue(type, row[`n_${type}`])
      ])
      await connection.run(`INSERT INTO rows VALUES (${[id, ...values].join(", ")})`)
    }
  })
  afterAll(() => {
    connection.closeSync()
    instance.closeSync()
  })

  const query = async (text: string): Promise<readonly unknown[] | string> => {
    try {
      const reader = await connection.runAndReadAll(text)
      return reader.getRowsJson().map(([value]) => value)
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** Their results row by row, an error as `{ error }`; one query where none fails. */
  const theirs = async (tree: Tree): Promise<readonly unknown[]> => {
    const text = resultText(tree)
    const all = await query(`SELECT ${text} FROM rows ORDER BY id`)
    if (typeof all !== "string") return all
    const results: unknown[] = []
    for (const id of rows.keys()) {
      const one = await query(`SELECT ${text} FROM rows WHERE id = ${id}`)
      results.push(typeof one === "string" ? { error: one } : one[0])
    }
    return results
  }

  it(
    `gives the same for ${count} random expressions on ${rows.length} rows, or a named difference`,
    { timeout: 300_000 },
    async () => {
      const seen = new Map<Difference, number>()
      for (const tree of samples) {
        const text = printTree(tree, "millrace")
        const compiled = compileExpression(typed(text, treeSchema))
        const other = await theirs(tree)
        for (const [index, row] of rows.entries()) {
          const ours = attempt(() => compiled(row))
          const expected = other[index]
          if (sameValue(tree.type, ours, expected)) continue
          const difference = classify(tree, row, ours, expected)
          assert.isDefined(
            difference,
            `${text} on ${JSON.stringify(row)}: ours ${show(ours)}, theirs ${show(expected)}`
          )
          if (difference !== undefined) seen.set(difference, (seen.get(difference) ?? 0) + 1)
        }
      }
      const different = [...seen.values()].reduce((sum, one) => sum + one, 0)
      assert.isBelow(different, (count * rows.length) / 5, `differences: ${show(Object.fromEntries(seen))}`)
    }
  )
})

function sqlValue(type: TreeType, value: TreeRow[string] | undefined): string {
  if (value === null || value === undefined) return "NULL"
  if (type === "string") return `'${String(value).replaceAll("'", "''")}'`
  return type === "date" ? `DATE '${dayText(Number(value))}'` : String(value)
}

/** Dates as days, the others as they are. */
function resultText(tree: Tree): string {
  const text = printTree(tree, "duckdb")
  return tree.type === "date" ? `date_diff('day', DATE '1970-01-01', ${text})` : text
}

interface Failure {
  readonly error: string
}
const isFailure = (value: unknown): value is Failure =>
  typeof value === "object" && value !== null && "error" in value

function attempt(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

function sameValue(type: TreeType, ours: unknown, theirs: unknown): boolean {
  if (isFailure(ours) || isFailure(theirs)) return false
  if (ours === null || theirs === null || type === "string" || type === "boolean") return ours === theirs
  if (type === "decimal") return trimmed(ours) === trimmed(theirs)
  const [one, other] = [Number(ours), Number(theirs)]
  return one === other || (Number.isNaN(one) && Number.isNaN(other))
}

function trimmed(value: unknown): string {
  const text = String(value)
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text
}

const has = (tree: Tree, test: (tree: Tree) => boolean): boolean =>
  test(tree) || tree.args.some((arg) => has(arg, test))

function classify(tree: Tree, row: TreeRow, ours: unknown, theirs: unknown): Difference | undefined {
  const integerDivision = has(tree, ({ op, type }) => (op === "/" || op === "%") && type !== "double")
  if (isFailure(ours)) {
    if (isFailure(theirs)) return "error in both"
    if (ours.error.startsWith("EXPRESSION_DIVISION_BY_ZERO"))
      return integerDivision ? "division by zero" : undefined
    if (ours.error.includes("beyond 2^53-1")) return "beyond 2^53"
    return isFailure(attempt(() => evaluateTree(tree, row))) ? "our error in what they left out" : undefined
  }
  if (isFailure(theirs))
    return /Out of Range|Conversion/.test(theirs.error) ? "their error in what is not needed here" : undefined
  const negativeZero =
    has(tree, ({ op, type }) => op === "round" && type === "double") && has(tree, ({ op }) => op === "/")
  return negativeZero && (tree.type !== "double" || Number(ours) === -Number(theirs))
    ? "sign of a zero"
    : undefined
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part))
}
