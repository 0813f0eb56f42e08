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
export interface IsNode extends Node {
  readonly kind: "is"
  readonly operand: Expression
  readonly test: "NULL" | "TRUE" | "FALSE" | "UNKNOWN"
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
  "SECOND"
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
    case "call":
      return node.arguments
  }
}

function present(...nodes: readonly (Expression | undefined)[]): readonly Expression[] {
  return nodes.filter((node) => node !== undefined)
}
