import type { Core } from "../../core.ts"
import type { CallNode } from "../../syntax/ast.ts"
import {
  bind,
  call,
  commonAvro,
  constant,
  nullOf,
  typeOf,
  withAvro,
  type CheckContext,
  type Checked
} from "../check-context.ts"
import { choose, unite } from "../check-condition.ts"
import { checkTruth, comparison } from "../check-operator.ts"
import { formOf } from "../coerce.ts"
import { define, type FunctionDefinition } from "./definition.ts"
import { formatSqlType, intType, stringType } from "../sql-type.ts"

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

/** TYPEOF: the type's name, known before a record is. */
function checkTypeOf(_: CheckContext, node: CallNode, [value]: readonly Checked[]): Checked | undefined {
  if (value === undefined) return undefined
  const { type, nullable } = value.core
  return { node, core: constant(stringType, `${formatSqlType(type)}${nullable ? "" : " NOT NULL"}`) }
}

/** Choices, and what types are. */
export const conditionalFunctions: readonly FunctionDefinition[] = [
  define(
    {
      usage: "COALESCE(value, value, …)",
      about: "The first that is not NULL.",
      example: "COALESCE(NULL, 'a', 'b')",
      gives: "'a'"
    },
    1,
    many,
    checkCoalesce
  ),
  define(
    {
      usage: "IFNULL(value, instead)",
      aliases: ["NVL"],
      about: "COALESCE of two.",
      example: "IFNULL(NULL, 5)",
      gives: "5"
    },
    2,
    2,
    checkCoalesce
  ),
  define(
    {
      usage: "NULLIF(value, other)",
      about: "NULL when they are equal, else the value.",
      example: "NULLIF(5, 5)",
      gives: "NULL"
    },
    2,
    2,
    checkNullIf
  ),
  define(
    {
      usage: "IF(condition, value, otherwise)",
      about: "The value when the condition is TRUE, else the other.",
      example: "IF(5 > 3, 'yes', 'no')",
      gives: "'yes'"
    },
    3,
    3,
    checkIf
  ),
  define(
    {
      usage: "GREATEST(value, value, …)",
      about: "The greatest; NULL when one of them is.",
      example: "GREATEST(1, 3.5, 2)",
      gives: "3.5"
    },
    1,
    many,
    checkExtreme
  ),
  define(
    {
      usage: "LEAST(value, value, …)",
      about: "The least; NULL when one of them is.",
      example: "LEAST('b', 'a')",
      gives: "'a'"
    },
    1,
    many,
    checkExtreme
  ),
  define(
    {
      usage: "TYPEOF(value)",
      about: "The name of its type.",
      example: "TYPEOF(1.50)",
      gives: "'DECIMAL(3, 2) NOT NULL'"
    },
    1,
    1,
    checkTypeOf
  )
]
