import type { Core } from "../core.ts"
import type { CallNode } from "../syntax/ast.ts"
import {
  bind,
  call,
  commonAvro,
  nullOf,
  typeOf,
  withAvro,
  type CheckContext,
  type Checked
} from "./check-context.ts"
import { choose, unite } from "./check-condition.ts"
import { checkTruth, comparison } from "./check-operator.ts"
import { formOf } from "./coerce.ts"
import type { FunctionCheck } from "./function-check.ts"
import { formatSqlType, intType } from "./sql-type.ts"

function checkCoalesce(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const united = unite(context, node, list)
  if (united === undefined) return undefined
  const { cores: args, type } = united
  const nullable = args.every((core) => core.nullable)
  return withAvro(node, { op: "coalesce", args, type, nullable }, commonAvro(list))
}

/** NULLIF(a, b) has the type of a. */
function checkNullIf(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [value, other] = list
  if (value === undefined || other === undefined) return undefined
  const type = typeOf(value)
  let sound = true
  const core = bind(context, value.core, (bound): Core => {
    const when = comparison(context, node, "=", { ...value, core: bound }, other)
    sound = when !== undefined
    if (when === undefined) return nullOf(type)
    return {
      op: "choose",
      branches: [{ when, result: nullOf(type) }],
      otherwise: bound,
      type,
      nullable: true
    }
  })
  return sound ? withAvro(node, core, value.avro) : undefined
}

/** The condition was checked with the arguments; it is looked at once more for its type's own message. */
function checkIf(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [condition, yes, no] = list
  if (condition === undefined || yes === undefined || no === undefined) return undefined
  const when = checkTruth({ ...context, check: () => condition }, condition.node, "IF")
  return when && choose(context, node, [when], [yes, no])
}

function checkExtreme(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const united = unite(context, node, list)
  if (united === undefined) return undefined
  if (united.type.kind === "null") return { node, core: nullOf(intType) }
  const form = formOf(united.type)
  if (form === undefined || form === "bytes") {
    const message = `${node.name} needs values with an order, here ${formatSqlType(united.type)}`
    return context.fail("EXPRESSION_TYPE", message, node.span)
  }
  return withAvro(node, call(`${node.name}:${form}`, united.type, united.cores), commonAvro(list))
}

const many = Number.POSITIVE_INFINITY

export const conditionalFunctions: readonly (readonly [string, FunctionCheck])[] = [
  ["COALESCE", { least: 1, most: many, usage: "COALESCE(value, value, …)", check: checkCoalesce }],
  ["IFNULL", { least: 2, most: 2, usage: "IFNULL(value, instead)", check: checkCoalesce }],
  ["NULLIF", { least: 2, most: 2, usage: "NULLIF(value, other)", check: checkNullIf }],
  ["IF", { least: 3, most: 3, usage: "IF(condition, value, otherwise)", check: checkIf }],
  ["GREATEST", { least: 1, most: many, usage: "GREATEST(value, value, …)", check: checkExtreme }],
  ["LEAST", { least: 1, most: many, usage: "LEAST(value, value, …)", check: checkExtreme }]
]
