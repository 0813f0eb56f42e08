import type { Tree } from "./tree.ts"

export type Dialect = "millrace" | "duckdb"

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
export const dayText = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10)

/**
 * A tree as SQL. Where the dialects differ DuckDB is given what says the same: `//` divides integers, `trunc` is
 * before a cast of a DOUBLE, days of the week count from 1, and literals say their type.
 */
export function printTree(tree: Tree, dialect: Dialect): string {
  const args = tree.args.map((arg) => printTree(arg, dialect))
  const [a = "", b = "", c = ""] = args
  switch (tree.op) {
    case "field":
      return tree.text
    case "literal":
      return printLiteral(tree)
    case "null":
      return dialect === "duckdb" || tree.type !== "boolean"
        ? `CAST(NULL AS ${sqlTypes[tree.type][dialect]})`
        : "NULL"
    case "and":
    case "or":
      return `(${args.join(` ${tree.op} `)})`
    case "not":
      return `(NOT ${a})`
    case "is":
      return `(${a} IS ${tree.text})`
    case "compare":
      return `(${a} ${tree.text} ${b})`
    case "distinct":
      return `(${a} IS ${tree.text}DISTINCT FROM ${b})`
    case "between":
      return `(${a} ${tree.text}BETWEEN ${b} AND ${c})`
    case "in":
      return `(${a} ${tree.text}IN (${args.slice(1).join(", ")}))`
    case "like":
      return `(${a} LIKE ${quote(tree.text)})`
    case "+":
    case "-":
    case "*":
    case "%":
      return `(${a} ${tree.op} ${b})`
    case "/":
      return `(${a} ${dialect === "duckdb" && tree.type !== "double" ? "//" : "/"} ${b})`
    case "negate":
      return `(-${a})`
    default:
      return printCall(tree, args, dialect)
  }
}

const sqlTypes = {
  boolean: { millrace: "BOOLEAN", duckdb: "BOOLEAN" },
  int: { millrace: "INT", duckdb: "INTEGER" },
  bigint: { millrace: "BIGINT", duckdb: "BIGINT" },
  double: { millrace: "DOUBLE", duckdb: "DOUBLE" },
  decimal: { millrace: "DECIMAL(8, 2)", duckdb: "DECIMAL(8, 2)" },
  string: { millrace: "STRING", duckdb: "VARCHAR" },
  date: { millrace: "DATE", duckdb: "DATE" }
} as const
export const duckdbType = (type: Tree["type"]): string => sqlTypes[type].duckdb

function printLiteral(tree: Tree): string {
  switch (tree.type) {
    case "string":
      return quote(tree.text)
    case "date":
      return `DATE '${dayText(Number(tree.text))}'`
    case "double":
      return `(${Number(tree.text).toExponential()})`
    case "boolean":
      return tree.text
    default:
      return `(${tree.text})`
  }
}

function printCall(tree: Tree, args: readonly string[], dialect: Dialect): string {
  const [a = "", b = "", c = "", d = "", e = ""] = args
  switch (tree.op) {
    case "coalesce":
    case "nullif":
    case "abs":
    case "floor":
    case "ceil":
    case "length":
    case "upper":
    case "lower":
    case "trim":
    case "replace":
      return `${tree.op}(${args.join(", ")})`
    case "round":
      return `round(${a}, ${tree.text})`
    case "if":
      return dialect === "duckdb" ? `CASE WHEN ${a} THEN ${b} ELSE ${c} END` : `IF(${a}, ${b}, ${c})`
    case "case":
      return `CASE WHEN ${a} THEN ${b} WHEN ${c} THEN ${d} ELSE ${e} END`
    case "switch":
      return `CASE ${a} WHEN ${b} THEN ${c} ELSE ${d} END`
    case "starts":
      return `starts_with(${a}, ${b})`
    case "widen":
      return `CAST(${a} AS ${sqlTypes[tree.type][dialect]})`
    case "truncate":
      return dialect === "duckdb" ? `CAST(trunc(${a}) AS INTEGER)` : `CAST(${a} AS INT)`
    case "position":
      return dialect === "duckdb" ? `CAST(position(${a} IN ${b}) AS INTEGER)` : `position(${a} IN ${b})`
    case "extract":
      return dialect === "duckdb" && tree.text === "DOW"
        ? `(extract(dow FROM ${a}) + 1)`
        : `extract(${tree.text} FROM ${a})`
    case "concat":
      return `(${args.join(" || ")})`
    case "substring":
      return `substring(${a}, ${tree.text})`
    case "textOfInt":
    case "textOfDecimal":
    case "textOfDate":
      return `CAST(${a} AS ${sqlTypes.string[dialect]})`
    default:
      throw new Error(`no such operator: ${tree.op}`)
  }
}
