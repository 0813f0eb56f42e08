import type { Core } from "../core.ts"
import { likeProblem } from "../pattern/like-pattern.ts"
import { compileSimilar } from "../pattern/regex-program.ts"
import type { BetweenNode, CaseNode, Expression, InNode, LikeNode } from "../syntax/ast.ts"
import {
  bind,
  call,
  commonAvro,
  logic,
  not,
  nullOf,
  place,
  typeOf,
  withAvro,
  type CheckContext,
  type Checked
} from "./check-context.ts"
import { checkTruth, comparison } from "./check-operator.ts"
import { coerce, commonType, comparisonType, formOf } from "./coerce.ts"
import { booleanType, formatSqlType, nullType, stringType, type SqlType } from "./sql-type.ts"

export function checkBetween(context: CheckContext, node: BetweenNode): Checked | undefined {
  const parts = context.checkAll([node.operand, node.low, node.high])
  const [operand, low, high] = parts ?? []
  if (operand === undefined || low === undefined || high === undefined) return undefined
  return bound(context, node, operand, (value) => {
    const between = within(context, value, low, high)
    if (!node.symmetric) return between && negatedIf(node, between)
    const turned = between && within(context, value, high, low)
    return between && turned && negatedIf(node, logic("or", [between, turned]))
  })
}

function within(context: CheckContext, value: Checked, low: Checked, high: Checked): Core | undefined {
  const above = comparison(context, low.node, ">=", value, low)
  const below = comparison(context, high.node, "<=", value, high)
  return above && below && logic("and", [above, below])
}

export function checkIn(context: CheckContext, node: InNode): Checked | undefined {
  const operand = context.check(node.operand)
  const list = context.checkAll(node.list)
  if (operand === undefined || list === undefined) return undefined
  return (
    checkConstantIn(node, operand, list) ??
    bound(context, node, operand, (value) => {
      const tests = list.map((element) => comparison(context, element.node, "=", value, element))
      const sound = tests.filter((test) => test !== undefined)
      return sound.length < tests.length ? undefined : negatedIf(node, logic("or", sound))
    })
  )
}

/** The common case, made to one test: constants, none NULL, all comparable in one type. */
function checkConstantIn(node: InNode, operand: Checked, list: readonly Checked[]): Checked | undefined {
  let type: SqlType | undefined = typeOf(operand)
  for (const { core } of list) {
    if (core.op !== "constant" || core.value === null || type === undefined) return undefined
    type = comparisonType(type, core.type)
  }
  const form = type && formOf(type)
  if (type === undefined || form === undefined || type.kind === "null") return undefined
  // One type for all changes the meaning where a DOUBLE among exact numbers would round its neighbours.
  if (form === "floating" && list.some(({ core }) => core.type.kind === "bigint")) return undefined
  const wanted = type
  const args = [operand, ...list].map(({ core }) => coerce(core, wanted, place(node)))
  return { node, core: negatedIf(node, call(`among:${form}`, booleanType, args)) }
}

/** Gives `use` the operand as a value that is evaluated once. */
function bound(
  context: CheckContext,
  node: Expression,
  operand: Checked,
  use: (value: Checked) => Core | undefined
): Checked | undefined {
  let sound = true
  const core = bind(context, operand.core, (value) => {
    const body = use({ ...operand, core: value })
    sound = body !== undefined
    return body ?? nullOf(booleanType)
  })
  return sound ? { node, core } : undefined
}

function negatedIf(node: { readonly negated: boolean }, core: Core): Core {
  return node.negated ? not(core) : core
}

export function checkLike(context: CheckContext, node: LikeNode): Checked | undefined {
  const nodes = [node.operand, node.pattern, ...(node.escape === undefined ? [] : [node.escape])]
  const parts = context.checkAll(nodes)
  if (parts === undefined) return undefined
  for (const part of parts) {
    const { kind } = typeOf(part)
    if (kind !== "string" && kind !== "null") {
      const message = `${node.similar ? "SIMILAR TO" : "LIKE"} needs strings, here ${formatSqlType(typeOf(part))}`
      return context.fail("EXPRESSION_TYPE", message, part.node.span, "write CAST(… AS STRING)")
    }
  }
  const [operand, pattern, escape] = parts.map(({ core }) => coerce(core, stringType, place(node)))
  if (operand === undefined || pattern === undefined) return undefined
  if (node.similar) return checkSimilar(context, node, operand, pattern, escape)
  const fixed = constantText(pattern)
  const fixedEscape = escape === undefined ? null : constantText(escape)
  if (fixed === undefined || fixedEscape === undefined) {
    const args = escape === undefined ? [operand, pattern] : [operand, pattern, escape]
    return { node, core: negatedIf(node, call("like", booleanType, args, [place(node)])) }
  }
  const problem = likeProblem(fixed, fixedEscape)
  if (problem !== undefined) return context.fail("EXPRESSION_PATTERN", problem, node.pattern.span)
  return { node, core: negatedIf(node, call("likeConstant", booleanType, [operand], [fixed, fixedEscape])) }
}

function checkSimilar(
  context: CheckContext,
  node: LikeNode,
  operand: Core,
  pattern: Core,
  escape: Core | undefined
): Checked | undefined {
  if (pattern.op === "constant" && pattern.value === null) return { node, core: nullOf(booleanType) }
  const text = constantText(pattern)
  const escapeText = escape === undefined ? null : constantText(escape)
  if (text === undefined || escapeText === undefined) {
    const hint = "write it as a string: it is checked before a record is read"
    return context.fail(
      "EXPRESSION_TYPE",
      "the pattern of SIMILAR TO must be constant",
      node.pattern.span,
      hint
    )
  }
  const result = compileSimilar(text, escapeText)
  if ("problem" in result) return context.fail("EXPRESSION_PATTERN", result.problem, node.pattern.span)
  const prepared = { fn: "regexProgram", json: JSON.stringify(result.ok) }
  return { node, core: negatedIf(node, { ...call("regexMatches", booleanType, [operand]), prepared }) }
}

function constantText(core: Core): string | undefined {
  return core.op === "constant" && typeof core.value === "string" ? core.value : undefined
}

export function checkCase(context: CheckContext, node: CaseNode): Checked | undefined {
  if (node.operand === undefined) {
    const conditions = node.branches.map(({ when }) => checkTruth(context, when, "WHEN"))
    return checkChoice(context, node, conditions)
  }
  const operand = context.check(node.operand)
  const whens = context.checkAll(node.branches.map(({ when }) => when))
  if (operand === undefined || whens === undefined) return undefined
  let choice: Checked | undefined
  const core = bind(context, operand.core, (core) => {
    const value = { ...operand, core }
    const conditions = whens.map((when) => comparison(context, when.node, "=", value, when))
    choice = checkChoice(context, node, conditions)
    return choice?.core ?? nullOf(nullType)
  })
  return choice && { ...choice, core }
}

function checkChoice(
  context: CheckContext,
  node: CaseNode,
  conditions: readonly (Core | undefined)[]
): Checked | undefined {
  const results = context.checkAll(node.branches.map(({ result }) => result))
  const otherwise = node.otherwise === undefined ? undefined : context.check(node.otherwise)
  const whens = conditions.filter((condition) => condition !== undefined)
  if (results === undefined || whens.length < conditions.length) return undefined
  if (node.otherwise !== undefined && otherwise === undefined) return undefined
  const all = otherwise === undefined ? results : [...results, otherwise]
  return choose(context, node, whens, all)
}

/** `results` has one more than `whens` when there is an ELSE. Also IF's. */
export function choose(
  context: CheckContext,
  node: Expression,
  whens: readonly Core[],
  results: readonly Checked[]
): Checked | undefined {
  const united = unite(context, node, results)
  if (united === undefined) return undefined
  const { cores, type } = united
  const otherwise = cores[whens.length] ?? nullOf(type)
  const branches = whens.map((when, index) => ({ when, result: cores[index]! }))
  const nullable = otherwise.nullable || branches.some(({ result }) => result.nullable)
  return withAvro(node, { op: "choose", branches, otherwise, type, nullable }, commonAvro(results))
}

/** Brings alternatives to their common type; reports when they have none. */
export function unite(
  context: CheckContext,
  node: Expression,
  list: readonly Checked[]
): { readonly cores: readonly Core[]; readonly type: SqlType } | undefined {
  let type: SqlType = nullType
  for (const checked of list) {
    const wider = commonType(type, typeOf(checked))
    if (wider === undefined) {
      const message = `the results have no common type: ${formatSqlType(type)} and ${formatSqlType(typeOf(checked))}`
      return context.fail("EXPRESSION_TYPE", message, checked.node.span, "bring them to one type with CAST")
    }
    type = wider
  }
  const common = type
  return { cores: list.map(({ core }) => coerce(core, common, place(node))), type }
}
