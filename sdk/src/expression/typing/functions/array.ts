import type { Core } from "../../core.ts"
import { asElement, lenient } from "../check-collection.ts"
import { call, place, withAvro } from "../check-context.ts"
import { fromAvro, nullableAvro } from "../sql-avro.ts"
import { booleanType, formatSqlType, intType, stringType, type SqlType } from "../sql-type.ts"
import { argumentsOf, define, integerArgument, textArgument, type FunctionDefinition } from "./definition.ts"

import { ofList, order, together, type CheckList, type List } from "./list.ts"

/** A needle may be NULL: it is looked for. NULL when the array is. */
function withNeedle(fn: string, gives: (list: List) => SqlType): CheckList {
  return (context, node, list, [value]) => {
    const prepared = order(context, node, list)
    const needle = value && asElement(context, node.name, value, list.element)
    if (prepared === undefined || needle === undefined) return undefined
    const core = { ...lenient(fn, gives(list), [list.core, needle]), nullable: list.core.nullable, prepared }
    return { node, core }
  }
}

const checkPosition: CheckList = (context, node, list, [value]) => {
  const prepared = order(context, node, list)
  const needle = value && asElement(context, node.name, value, list.element)
  return (
    needle && prepared && { node, core: { ...call("arrayPlace", intType, [list.core, needle]), prepared } }
  )
}

/** With one element more, which may be NULL. */
function withMore(fn: string): CheckList {
  return (context, node, list, [value]) => {
    const added = value && asElement(context, node.name, value, list.element)
    if (added === undefined) return undefined
    const items = added.nullable ? nullableAvro(list.items) : list.items
    const core = lenient(fn, { kind: "array", items }, [list.core, added])
    return { node, core: { ...core, nullable: list.core.nullable } }
  }
}

const same =
  (fn: string, compared: boolean): CheckList =>
  (context, node, list) =>
    compared && order(context, node, list) === undefined
      ? undefined
      : withAvro(node, call(fn, list.type, [list.core]), list.checked.avro)

const checkElement: CheckList = (_, node, list) => ({
  node,
  core: itemOf(list, { ...call("arrayElement", list.type, [list.core], [place(node)]) })
})

/** An element that a function picked: read as the array's, so that a DECIMAL becomes its digits. */
function itemOf(list: List, picked: Core): Core {
  const { type } = fromAvro(list.items)
  return type.kind === "decimal"
    ? {
        ...call("fromDecimal", type, [{ ...picked, type: stringType, nullable: true }], [type.scale]),
        nullable: true
      }
    : { ...picked, type, nullable: true }
}

function extreme(sign: number): CheckList {
  return (context, node, list) => {
    const prepared = order(context, node, list)
    return (
      prepared && {
        node,
        core: itemOf(list, { ...call("arrayExtreme", list.type, [list.core], [sign]), prepared })
      }
    )
  }
}

const checkSort: CheckList = (context, node, list, flags) => {
  const prepared = order(context, node, list)
  const values = flags.map(({ core }) =>
    core.op === "constant" && typeof core.value === "boolean" ? core.value : null
  )
  if (values.includes(null)) {
    const hint = "ARRAY_SORT(array, FALSE) sorts downwards, a second TRUE puts NULLs first"
    return context.fail("EXPRESSION_TYPE", "the order of ARRAY_SORT is TRUE or FALSE", node.span, hint)
  }
  const [ascending = true, nullsFirst = null] = values
  const core = {
    ...call("arraySort", list.type, [list.core], [ascending, nullsFirst]),
    ...(prepared && { prepared })
  }
  return prepared && withAvro(node, core, list.checked.avro)
}

const checkSlice: CheckList = (context, node, list, bounds) => {
  const args = argumentsOf(context, node, bounds, [integerArgument, integerArgument])
  if (args === undefined) return undefined
  const core = call("arraySlice", list.type, [list.core, ...args], args.length === 1 ? [null] : [])
  return withAvro(node, core, list.checked.avro)
}

const checkJoin: CheckList = (context, node, list, rest) => {
  if (list.element.kind !== "string") {
    const message = `ARRAY_JOIN needs an ARRAY of STRING, here of ${formatSqlType(list.element)}`
    return context.fail("EXPRESSION_TYPE", message, list.checked.node.span)
  }
  const args = argumentsOf(context, node, rest, [textArgument, textArgument])
  const missing = args?.length === 1 ? [null] : []
  return (
    args && { node, core: call("arrayJoin", stringType, [list.core, ...args], [...missing, place(node)]) }
  )
}

const whole = (list: List) => list.type

/** Arrays. Elements are compared as values of their type, NULL equal to NULL. */
export const arrayFunctions: readonly FunctionDefinition[] = [
  ofList(
    {
      usage: "ELEMENT(array)",
      about: "The only element; NULL of an empty array, an error of a longer one.",
      example: "ELEMENT(ARRAY['a'])",
      gives: "'a'"
    },
    1,
    1,
    checkElement
  ),
  ofList(
    {
      usage: "ARRAY_CONTAINS(array, value)",
      about: "Whether the value, which may be NULL, is an element.",
      example: "ARRAY_CONTAINS(ARRAY[1, 2], 2)",
      gives: "TRUE"
    },
    2,
    2,
    withNeedle("arrayContains", () => booleanType)
  ),
  ofList(
    {
      usage: "ARRAY_POSITION(array, value)",
      about: "The place of the first element that is the value, from 1; 0 without one.",
      example: "ARRAY_POSITION(ARRAY['a', 'b'], 'b')",
      gives: "2"
    },
    2,
    2,
    checkPosition
  ),
  ofList(
    {
      usage: "ARRAY_REMOVE(array, value)",
      about: "Without the elements that are the value.",
      example: "ARRAY_REMOVE(ARRAY[1, 2, 1], 1)",
      gives: "ARRAY[2]"
    },
    2,
    2,
    withNeedle("arrayRemove", whole)
  ),
  ofList(
    {
      usage: "ARRAY_APPEND(array, value)",
      about: "With a value at its end.",
      example: "ARRAY_APPEND(ARRAY[1], 2)",
      gives: "ARRAY[1, 2]"
    },
    2,
    2,
    withMore("arrayAppend")
  ),
  ofList(
    {
      usage: "ARRAY_PREPEND(array, value)",
      about: "With a value at its start.",
      example: "ARRAY_PREPEND(ARRAY[1], 2)",
      gives: "ARRAY[2, 1]"
    },
    2,
    2,
    withMore("arrayPrepend")
  ),
  define(
    {
      usage: "ARRAY_CONCAT(array, array, …)",
      about: "One after the other.",
      example: "ARRAY_CONCAT(ARRAY[1], ARRAY[2, 3])",
      gives: "ARRAY[1, 2, 3]"
    },
    1,
    Number.POSITIVE_INFINITY,
    together("arrayConcat", false)
  ),
  ofList(
    {
      usage: "ARRAY_DISTINCT(array)",
      about: "Each element once, in the order of the first.",
      example: "ARRAY_DISTINCT(ARRAY[1, 2, 1])",
      gives: "ARRAY[1, 2]"
    },
    1,
    1,
    same("arrayDistinct", true)
  ),
  define(
    {
      usage: "ARRAY_UNION(array, other)",
      about: "The elements of both, each once.",
      example: "ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])",
      gives: "ARRAY[1, 2, 3]"
    },
    2,
    2,
    together("arrayUnion", true)
  ),
  define(
    {
      usage: "ARRAY_INTERSECT(array, other)",
      about: "The elements of the first that are in the other, each once.",
      example: "ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2, 3])",
      gives: "ARRAY[2]"
    },
    2,
    2,
    together("arrayIntersect", true)
  ),
  define(
    {
      usage: "ARRAY_EXCEPT(array, other)",
      about: "The first without the elements of the other, each of which takes one away.",
      example: "ARRAY_EXCEPT(ARRAY[1, 1, 2], ARRAY[1])",
      gives: "ARRAY[1, 2]"
    },
    2,
    2,
    together("arrayExcept", true)
  ),
  ofList(
    {
      usage: "ARRAY_REVERSE(array)",
      about: "From the last to the first.",
      example: "ARRAY_REVERSE(ARRAY[1, 2])",
      gives: "ARRAY[2, 1]"
    },
    1,
    1,
    same("arrayReverse", false)
  ),
  ofList(
    {
      usage: "ARRAY_SORT(array, ascending, nulls first)",
      about: "Sorted: upwards with NULLs first, or as the two constants TRUE or FALSE say.",
      example: "ARRAY_SORT(ARRAY[2, 3, 1], FALSE)",
      gives: "ARRAY[3, 2, 1]"
    },
    1,
    3,
    checkSort
  ),
  ofList(
    {
      usage: "ARRAY_SLICE(array, from, to)",
      about: "The elements between two places, both counted from 1, from the end where negative.",
      example: "ARRAY_SLICE(ARRAY[1, 2, 3, 4], 2, 3)",
      gives: "ARRAY[2, 3]"
    },
    2,
    3,
    checkSlice
  ),
  ofList(
    {
      usage: "ARRAY_MAX(array)",
      about: "The greatest element; NULLs do not count.",
      example: "ARRAY_MAX(ARRAY[1.5, 2.5])",
      gives: "2.5"
    },
    1,
    1,
    extreme(1)
  ),
  ofList(
    {
      usage: "ARRAY_MIN(array)",
      about: "The least element; NULLs do not count.",
      example: "ARRAY_MIN(ARRAY[1, NULL, 2])",
      gives: "1"
    },
    1,
    1,
    extreme(-1)
  ),
  ofList(
    {
      usage: "ARRAY_JOIN(array, separator, instead)",
      about: "Strings joined; NULLs are left out, or written as the third argument.",
      example: "ARRAY_JOIN(ARRAY['a', NULL, 'b'], ',')",
      gives: "'a,b'"
    },
    2,
    3,
    checkJoin
  )
]
