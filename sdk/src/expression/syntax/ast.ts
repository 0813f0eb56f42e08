import type { Span } from "../expression-error.ts"

/**
 * A parsed expression: frozen plain data, its meaning still unchecked. Names are as written, function names in upper
 * case. `AND`, `OR` and `||` chains are one node with many operands, so that long conditions stay shallow.
 */
export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | NullLiteral
  | TemporalLiteral
  | IntervalLiteral
  | KeywordNode
  | NameNode
  | MemberNode
  | IndexNode
  | NegateNode
  | ArithmeticNode
  | ConcatNode
  | ComparisonNode
  | LogicNode
  | NotNode
  | IsNode
  | DistinctNode
  | BetweenNode
  | InNode
  | LikeNode
  | CaseNode
  | CastNode
  | ExtractNode
  | TrimNode
  | ArrayNode
  | MapNode
  | JsonNode
  | CallNode

interface Node {
  readonly span: Span
}

/** `text` as written, but for a capital E: its digits decide type and scale (`1` INT, `1.50` DECIMAL(3, 2), `1e0` DOUBLE). */
export interface NumberLiteral extends Node {
  readonly kind: "number"
  readonly form: "integer" | "decimal" | "double"
  readonly text: string
}
export interface StringLiteral extends Node {
  readonly kind: "string"
  readonly value: string
}
export interface BooleanLiteral extends Node {
  readonly kind: "boolean"
  readonly value: boolean
}
export interface NullLiteral extends Node {
  readonly kind: "null"
}
/** `DATE '2020-01-31'`, `TIME '12:30:00'`, `TIMESTAMP '2020-01-31 12:30:00.5'`; the text is checked. */
export interface TemporalLiteral extends Node {
  readonly kind: "date" | "time" | "timestamp"
  readonly text: string
}
/** The units that an interval can be written in. */
export const intervalUnits = ["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"] as const
export type IntervalUnit = (typeof intervalUnits)[number]
/** `INTERVAL '1' DAY`, `INTERVAL '1 02:30' DAY TO MINUTE`; the text is checked. */
export interface IntervalLiteral extends Node {
  readonly kind: "interval"
  readonly text: string
  readonly from: IntervalUnit
  readonly to?: IntervalUnit
}
/** A word that is an argument: the unit of `FLOOR(x TO DAY)` and `TIMESTAMPADD(DAY, 1, x)`. */
export interface KeywordNode extends Node {
  readonly kind: "keyword"
  readonly word: IntervalUnit
}
export interface NameNode extends Node {
  readonly kind: "name"
  readonly name: string
}
export interface MemberNode extends Node {
  readonly kind: "member"
  readonly operand: Expression
  readonly name: string
}
export interface IndexNode extends Node {
  readonly kind: "index"
  readonly operand: Expression
  readonly index: Expression
}
/** Unary minus. A unary plus is not kept. */
export interface NegateNode extends Node {
  readonly kind: "negate"
  readonly operand: Expression
}
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%"
export interface ArithmeticNode extends Node {
  readonly kind: "arithmetic"
  readonly operator: ArithmeticOperator
  readonly left: Expression
  readonly right: Expression
}
export interface ConcatNode extends Node {
  readonly kind: "concat"
  readonly operands: readonly Expression[]
}
export type ComparisonOperator = "=" | "<>" | "<" | "<=" | ">" | ">="
export interface ComparisonNode extends Node {
  readonly kind: "comparison"
  readonly operator: ComparisonOperator
  readonly left: Expression
  readonly right: Expression
}
export interface LogicNode extends Node {
  readonly kind: "and" | "or"
  readonly operands: readonly Expression[]
}
export interface NotNode extends Node {
  readonly kind: "not"
  readonly operand: Expression
}
export const jsonTests = ["JSON VALUE", "JSON SCALAR", "JSON ARRAY", "JSON OBJECT"] as const
export type JsonTest = (typeof jsonTests)[number]
export interface IsNode extends Node {
  readonly kind: "is"
  readonly operand: Expression
  readonly test: "NULL" | "TRUE" | "FALSE" | "UNKNOWN" | JsonTest
  readonly negated: boolean
}
export interface DistinctNode extends Node {
  readonly kind: "distinct"
  readonly left: Expression
  readonly right: Expression
  /** `IS NOT DISTINCT FROM`: equal, with NULL equal to NULL. */
  readonly negated: boolean
}
export interface BetweenNode extends Node {
  readonly kind: "between"
  readonly operand: Expression
  readonly low: Expression
  readonly high: Expression
  /** SYMMETRIC: the bounds may stand in either order. */
  readonly symmetric: boolean
  readonly negated: boolean
}
export interface InNode extends Node {
  readonly kind: "in"
  readonly operand: Expression
  readonly list: readonly Expression[]
  readonly negated: boolean
}
export interface LikeNode extends Node {
  readonly kind: "like"
  /** SIMILAR TO instead of LIKE. */
  readonly similar: boolean
  readonly operand: Expression
  readonly pattern: Expression
  readonly escape?: Expression
  readonly negated: boolean
}
export interface CaseBranch {
  readonly when: Expression
  readonly result: Expression
}
export interface CaseNode extends Node {
  readonly kind: "case"
  /** Present in the simple form: every `when` is compared with it. */
  readonly operand?: Expression
  readonly branches: readonly CaseBranch[]
  readonly otherwise?: Expression
}
/** The types that CAST knows. A missing precision was filled with the dialect's default. */
export type CastTarget =
  | { readonly kind: "boolean" | "int" | "float" | "double" | "string" | "bytes" | "date" }
  | { readonly kind: "bigint" }
  | { readonly kind: "time" | "timestamp"; readonly precision: 3 | 6 }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
export interface CastNode extends Node {
  readonly kind: "cast"
  readonly operand: Expression
  readonly target: CastTarget
  /** TRY_CAST: NULL instead of an error. */
  readonly safe: boolean
}
export const extractUnits = [
  "YEAR",
  "QUARTER",
  "MONTH",
  "WEEK",
  "DAY",
  "DOW",
  "DOY",
  "HOUR",
  "MINUTE",
  "SECOND",
  "ISODOW",
  "ISOYEAR",
  "DECADE",
  "CENTURY",
  "MILLENNIUM",
  "EPOCH"
] as const
export type ExtractUnit = (typeof extractUnits)[number]
export interface ExtractNode extends Node {
  readonly kind: "extract"
  readonly unit: ExtractUnit
  readonly operand: Expression
}
export interface TrimNode extends Node {
  readonly kind: "trim"
  readonly side: "BOTH" | "LEADING" | "TRAILING"
  /** The set of characters to take away; absent: spaces. */
  readonly characters?: Expression
  readonly operand: Expression
}
/** `ARRAY[a, b]`, never empty. */
export interface ArrayNode extends Node {
  readonly kind: "array"
  readonly items: readonly Expression[]
}
/** `MAP[key, value, …]`: keys and values in turn, never empty. */
export interface MapNode extends Node {
  readonly kind: "map"
  readonly entries: readonly Expression[]
}
/** What JSON_VALUE, JSON_QUERY and JSON_EXISTS give when there is nothing, or a mistake. */
export type JsonBehavior =
  | { readonly kind: "NULL" | "ERROR" | "TRUE" | "FALSE" | "UNKNOWN" | "EMPTY ARRAY" | "EMPTY OBJECT" }
  | { readonly kind: "DEFAULT"; readonly value: Expression }
export interface JsonNode extends Node {
  readonly kind: "json"
  readonly name: "JSON_VALUE" | "JSON_QUERY" | "JSON_EXISTS"
  readonly operand: Expression
  /** A literal: the path is known before a record is. */
  readonly path: StringLiteral
  readonly returning?: CastTarget
  readonly wrapper?: "WITHOUT" | "WITH CONDITIONAL" | "WITH UNCONDITIONAL"
  readonly onEmpty?: JsonBehavior
  readonly onError?: JsonBehavior
}
export interface CallNode extends Node {
  readonly kind: "call"
  /** In upper case. */
  readonly name: string
  readonly arguments: readonly Expression[]
}

/** The direct operands of a node, in the order of the text. */
export function operandsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "number":
    case "string":
    case "boolean":
    case "null":
    case "date":
    case "time":
    case "timestamp":
    case "interval":
    case "keyword":
    case "name":
      return []
    case "member":
    case "negate":
    case "not":
    case "is":
    case "cast":
    case "extract":
      return [node.operand]
    case "index":
      return [node.operand, node.index]
    case "arithmetic":
    case "comparison":
    case "distinct":
      return [node.left, node.right]
    case "concat":
    case "and":
    case "or":
      return node.operands
    case "between":
      return [node.operand, node.low, node.high]
    case "in":
      return [node.operand, ...node.list]
    case "like":
      return present(node.operand, node.pattern, node.escape)
    case "case":
      return present(
        node.operand,
        ...node.branches.flatMap(({ when, result }) => [when, result]),
        node.otherwise
      )
    case "trim":
      return present(node.characters, node.operand)
    case "array":
      return node.items
    case "map":
      return node.entries
    case "json":
      return present(node.operand, node.path, defaultOf(node.onEmpty), defaultOf(node.onError))
    case "call":
      return node.arguments
  }
}

function defaultOf(behavior: JsonBehavior | undefined): Expression | undefined {
  return behavior?.kind === "DEFAULT" ? behavior.value : undefined
}

function present(...nodes: readonly (Expression | undefined)[]): readonly Expression[] {
  return nodes.filter((node) => node !== undefined)
}
