import type { CallNode, CastTarget, Expression, JsonBehavior, JsonNode } from "./ast.ts"
import { constructorWords, plainName, reservedWords } from "./token.ts"

/** How tight a node binds; a child that binds less than its place asks gets parentheses. */
const binding: { readonly [kind in Expression["kind"]]: number } = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  distinct: 4,
  comparison: 5,
  between: 6,
  in: 6,
  like: 6,
  concat: 7,
  arithmetic: 8,
  negate: 10,
  member: 11,
  index: 11,
  number: 12,
  string: 12,
  boolean: 12,
  null: 12,
  date: 12,
  time: 12,
  timestamp: 12,
  interval: 12,
  keyword: 12,
  array: 12,
  map: 12,
  json: 12,
  name: 12,
  case: 12,
  cast: 12,
  extract: 12,
  trim: 12,
  call: 12
}

/**
 * The canonical text: one spelling, one spacing, no comments, no needless parentheses. Parsing it gives an equal tree but
 * for the spans. (It may be longer than what it was parsed from, so a text near the size limit may not parse again.)
 */
export function formatExpression(node: Expression): string {
  switch (node.kind) {
    case "number":
      return node.text
    case "string":
      return formatString(node.value)
    case "boolean":
      return node.value ? "TRUE" : "FALSE"
    case "null":
      return "NULL"
    case "date":
    case "time":
    case "timestamp":
      return `${node.kind.toUpperCase()} ${formatString(node.text)}`
    case "interval": {
      const to = node.to === undefined ? "" : ` TO ${node.to}`
      return `INTERVAL ${formatString(node.text)} ${node.from}${to}`
    }
    case "keyword":
      return node.word
    case "name":
      return formatName(node.name)
    case "member":
      return `${child(node.operand, 11)}.${formatName(node.name)}`
    case "index":
      return `${child(node.operand, 11)}[${formatExpression(node.index)}]`
    default:
      return formatOperation(node)
  }
}

type Leaf =
  | "number"
  | "string"
  | "boolean"
  | "null"
  | "date"
  | "time"
  | "timestamp"
  | "interval"
  | "keyword"
  | "name"
  | "member"
  | "index"
type Operation = Exclude<Expression, { kind: Leaf }>

function formatOperation(node: Operation): string {
  switch (node.kind) {
    case "negate":
      // Two minus signs side by side would begin a comment.
      return `-${node.operand.kind === "negate" ? " " : ""}${child(node.operand, 10)}`
    case "arithmetic": {
      const tight = node.operator === "+" || node.operator === "-" ? 8 : 9
      const left = formatArithmeticSide(node.left, tight)
      return `${left} ${node.operator} ${formatArithmeticSide(node.right, tight + 1)}`
    }
    case "concat":
      return node.operands.map((operand) => child(operand, 8)).join(" || ")
    case "comparison":
      return `${child(node.left, 6)} ${node.operator} ${child(node.right, 6)}`
    case "and":
    case "or": {
      const least = binding[node.kind] + 1
      return node.operands.map((operand) => child(operand, least)).join(` ${node.kind.toUpperCase()} `)
    }
    case "not":
      return `NOT ${child(node.operand, 3)}`
    case "is":
      return `${child(node.operand, 4)} IS ${not(node)}${node.test}`
    case "distinct":
      return `${child(node.left, 4)} IS ${not(node)}DISTINCT FROM ${child(node.right, 5)}`
    case "between": {
      const word = node.symmetric ? "BETWEEN SYMMETRIC" : "BETWEEN"
      return `${child(node.operand, 7)} ${not(node)}${word} ${child(node.low, 7)} AND ${child(node.high, 7)}`
    }
    case "in":
      return `${child(node.operand, 7)} ${not(node)}IN (${list(node.list)})`
    case "like": {
      const escape = node.escape === undefined ? "" : ` ESCAPE ${child(node.escape, 7)}`
      return `${child(node.operand, 7)} ${not(node)}${node.similar ? "SIMILAR TO" : "LIKE"} ${child(node.pattern, 7)}${escape}`
    }
    default:
      return formatEnclosed(node)
  }
}

function formatEnclosed(
  node: Extract<
    Expression,
    { kind: "case" | "cast" | "extract" | "trim" | "array" | "map" | "json" | "call" }
  >
): string {
  switch (node.kind) {
    case "case": {
      const operand = node.operand === undefined ? "" : ` ${formatExpression(node.operand)}`
      const branches = node.branches
        .map(({ when, result }) => ` WHEN ${formatExpression(when)} THEN ${formatExpression(result)}`)
        .join("")
      const otherwise = node.otherwise === undefined ? "" : ` ELSE ${formatExpression(node.otherwise)}`
      return `CASE${operand}${branches}${otherwise} END`
    }
    case "cast":
      return `${node.safe ? "TRY_CAST" : "CAST"}(${formatExpression(node.operand)} AS ${formatTarget(node.target)})`
    case "extract":
      return `EXTRACT(${node.unit} FROM ${formatExpression(node.operand)})`
    case "trim": {
      const operand = formatExpression(node.operand)
      if (node.side === "BOTH" && node.characters === undefined) return `TRIM(${operand})`
      const characters = node.characters === undefined ? "" : `${formatExpression(node.characters)} `
      return `TRIM(${node.side} ${characters}FROM ${operand})`
    }
    case "array":
      return `ARRAY[${list(node.items)}]`
    case "map":
      return `MAP[${list(node.entries)}]`
    case "json":
      return formatJson(node)
    case "call":
      return formatCall(node)
  }
}

function formatCall({ name, arguments: args }: CallNode): string {
  const [first, second] = args
  if (name === "POSITION" && args.length === 2 && first !== undefined && second !== undefined) {
    return `POSITION(${child(first, 7)} IN ${formatExpression(second)})`
  }
  if (name === "OVERLAPS") return `(${list(args.slice(0, 2))}) OVERLAPS (${list(args.slice(2))})`
  if (first !== undefined && second?.kind === "keyword") {
    return `${name}(${formatExpression(first)} TO ${second.word})`
  }
  return `${name}(${list(args)})`
}

function formatJson(node: JsonNode): string {
  const returning = node.returning === undefined ? "" : ` RETURNING ${formatTarget(node.returning)}`
  const wrapper = node.wrapper === undefined ? "" : ` ${node.wrapper} ARRAY WRAPPER`
  const empty = node.onEmpty === undefined ? "" : ` ${formatBehavior(node.onEmpty)} ON EMPTY`
  const error = node.onError === undefined ? "" : ` ${formatBehavior(node.onError)} ON ERROR`
  const path = formatExpression(node.path)
  return `${node.name}(${formatExpression(node.operand)}, ${path}${returning}${wrapper}${empty}${error})`
}

function formatBehavior(behavior: JsonBehavior): string {
  return behavior.kind === "DEFAULT" ? `DEFAULT ${formatExpression(behavior.value)}` : behavior.kind
}

/** + and - share one level, * / % the next: `binding` has one number for both. */
function formatArithmeticSide(node: Expression, least: number): string {
  if (node.kind !== "arithmetic") return child(node, least)
  const own = node.operator === "+" || node.operator === "-" ? 8 : 9
  return own < least ? `(${formatExpression(node)})` : formatExpression(node)
}

function child(node: Expression, least: number): string {
  return binding[node.kind] < least ? `(${formatExpression(node)})` : formatExpression(node)
}

function list(nodes: readonly Expression[]): string {
  return nodes.map(formatExpression).join(", ")
}

function not(node: { readonly negated: boolean }): string {
  return node.negated ? "NOT " : ""
}

function formatString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** A field's name as an expression writes it: in backticks when it is not plain. */
export function formatName(name: string): string {
  const word = name.toUpperCase()
  const plain = plainName.test(name) && !reservedWords.has(word) && !constructorWords.has(word)
  return plain ? name : `\`${name.replaceAll("`", "``")}\``
}

export function formatTarget(target: CastTarget): string {
  const name = target.kind.toUpperCase()
  if (target.kind === "decimal") return `${name}(${target.precision}, ${target.scale})`
  return target.kind === "time" || target.kind === "timestamp" ? `${name}(${target.precision})` : name
}
