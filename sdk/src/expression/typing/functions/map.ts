import type { AvroType } from "../../../avro/type.ts"
import type { CallNode } from "../../syntax/ast.ts"
import {
  call,
  constant,
  nullOf,
  place,
  typeOf,
  withAvro,
  type CheckContext,
  type Checked
} from "../check-context.ts"
import { nullableAvro, sameAvro } from "../sql-avro.ts"
import { formatSqlType, intType, stringType, type SqlType } from "../sql-type.ts"
import { argumentsOf, define, textArgument, type FunctionDefinition } from "./definition.ts"

import { listOf } from "./list.ts"

function checkCardinality(
  context: CheckContext,
  node: CallNode,
  [value]: readonly Checked[]
): Checked | undefined {
  if (value === undefined) return undefined
  const { kind } = typeOf(value)
  if (kind === "null") return { node, core: nullOf(intType) }
  if (kind === "array" || kind === "map") return { node, core: call(`size:${kind}`, intType, [value.core]) }
  const message = `CARDINALITY needs an ARRAY or MAP, here ${formatSqlType(typeOf(value))}`
  return context.fail(
    "EXPRESSION_TYPE",
    message,
    value.node.span,
    kind === "string" ? "use CHAR_LENGTH" : undefined
  )
}

function checkOfMap(fn: string): FunctionDefinition["check"] {
  return (context, node, [value]) => {
    const type = value && typeOf(value)
    if (value === undefined || type?.kind !== "map") {
      const message = `${node.name} needs a MAP, here ${type === undefined ? "nothing" : formatSqlType(type)}`
      return context.fail("EXPRESSION_TYPE", message, value?.node.span ?? node.span)
    }
    const items: AvroType = fn === "mapKeys" ? { kind: "string", attributes: {} } : type.values
    return { node, core: call(fn, { kind: "array", items }, [value.core]) }
  }
}

function checkUnionOfMaps(
  context: CheckContext,
  node: CallNode,
  list: readonly Checked[]
): Checked | undefined {
  const [first] = list
  const type = first && typeOf(first)
  const values = type?.kind === "map" ? type.values : undefined
  const fits = (other: SqlType) =>
    values !== undefined && other.kind === "map" && sameAvro(other.values, values)
  if (type === undefined || !list.every((checked) => fits(typeOf(checked)))) {
    return context.fail("EXPRESSION_TYPE", "MAP_UNION needs maps of one type", node.span)
  }
  return withAvro(
    node,
    call(
      "mapUnion",
      type,
      list.map(({ core }) => core)
    ),
    first?.avro
  )
}

function checkFromArrays(
  context: CheckContext,
  node: CallNode,
  [keys, values]: readonly Checked[]
): Checked | undefined {
  const [names, list] = [listOf(context, node, keys), listOf(context, node, values)]
  if (names === undefined || list === undefined) return undefined
  if (names.element.kind !== "string") {
    const message = `the keys of a MAP are STRING, here ${formatSqlType(names.element)}`
    return context.fail("EXPRESSION_TYPE", message, names.checked.node.span)
  }
  const type: SqlType = { kind: "map", values: list.items }
  return { node, core: call("mapFromArrays", type, [names.core, list.core], [place(node)]) }
}

const openStrings: AvroType = nullableAvro({ kind: "string", attributes: {} })
const strings: SqlType = { kind: "array", items: { kind: "string", attributes: {} } }

function checkSplit(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const args = argumentsOf(context, node, list, [textArgument, textArgument])
  return args && { node, core: call("splitText", strings, args) }
}

function checkTextToMap(
  context: CheckContext,
  node: CallNode,
  list: readonly Checked[]
): Checked | undefined {
  const args = argumentsOf(context, node, list, [textArgument, textArgument, textArgument])
  const usual = [",", "="].slice((args?.length ?? 1) - 1).map((text) => constant(stringType, text))
  return args && { node, core: call("textToMap", { kind: "map", values: openStrings }, [...args, ...usual]) }
}

/** Maps, sizes, and what is cut out of text. */
export const mapFunctions: readonly FunctionDefinition[] = [
  define(
    {
      usage: "CARDINALITY(array)",
      about: "The number of elements of an array or entries of a map.",
      example: "CARDINALITY(ARRAY[1, 2])",
      gives: "2"
    },
    1,
    1,
    checkCardinality
  ),
  define(
    {
      usage: "SPLIT(string, separator)",
      about: "The parts between the separators; the characters when it is empty.",
      example: "SPLIT('a,b', ',')",
      gives: "ARRAY['a', 'b']"
    },
    2,
    2,
    checkSplit
  ),
  define(
    { usage: "MAP_KEYS(map)", about: "The keys.", example: "MAP_KEYS(MAP['a', 1])", gives: "ARRAY['a']" },
    1,
    1,
    checkOfMap("mapKeys")
  ),
  define(
    { usage: "MAP_VALUES(map)", about: "The values.", example: "MAP_VALUES(MAP['a', 1])", gives: "ARRAY[1]" },
    1,
    1,
    checkOfMap("mapValues")
  ),
  define(
    {
      usage: "MAP_FROM_ARRAYS(keys, values)",
      about: "A map of an array of keys and one of values.",
      example: "MAP_FROM_ARRAYS(ARRAY['a'], ARRAY[1])",
      gives: "MAP['a', 1]"
    },
    2,
    2,
    checkFromArrays
  ),
  define(
    {
      usage: "MAP_UNION(map, map, …)",
      about: "All entries; of equal keys the last.",
      example: "MAP_UNION(MAP['a', 1], MAP['b', 2])",
      gives: "MAP['a', 1, 'b', 2]"
    },
    1,
    Number.POSITIVE_INFINITY,
    checkUnionOfMaps
  ),
  define(
    {
      usage: "STR_TO_MAP(string, pairs, values)",
      about:
        "The entries of a text, cut at two separators (`,` and `=` when absent), which are taken as they are; a key without a value has NULL.",
      example: "STR_TO_MAP('a=1,b=2')",
      gives: "MAP['a', '1', 'b', '2']"
    },
    1,
    3,
    checkTextToMap
  )
]
