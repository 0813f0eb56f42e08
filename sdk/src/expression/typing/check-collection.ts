import type { AvroType } from "../../avro/type.ts"
import type { Core } from "../core.ts"
import type { ArrayNode, Expression, MapNode } from "../syntax/ast.ts"
import {
  call,
  commonAvro,
  constant,
  place,
  typeOf,
  type CheckContext,
  type Checked
} from "./check-context.ts"
import { coerce, commonType } from "./coerce.ts"
import { unite } from "./check-condition.ts"
import { nullableAvro, toAvro } from "./sql-avro.ts"
import { formatSqlType, nullType, stringType, type SqlType } from "./sql-type.ts"

/** A value as an array or map holds it: a DECIMAL as its text. */
export function held(core: Core): Core {
  if (core.type.kind !== "decimal") return core
  return call("decimalToText", stringType, [core], [core.type.scale])
}

/** `ARRAY[a, b]`: elements of one type. */
export function checkArray(context: CheckContext, node: ArrayNode): Checked | undefined {
  const list = context.checkAll(node.items)
  const made = list && elements(context, node, list)
  if (made === undefined) return undefined
  const core = lenient("makeArray", { kind: "array", items: made.avro }, made.cores)
  return { node, core }
}

/** `MAP[key, value, …]`: STRING keys, values of one type. */
export function checkMap(context: CheckContext, node: MapNode): Checked | undefined {
  const list = context.checkAll(node.entries)
  if (list === undefined) return undefined
  const keys = list.filter((_, index) => index % 2 === 0)
  const made = elements(
    context,
    node,
    list.filter((_, index) => index % 2 === 1)
  )
  const wrong = keys.find((key) => typeOf(key).kind !== "string")
  if (wrong !== undefined) {
    const message = `a key of MAP is a STRING, here ${formatSqlType(typeOf(wrong))}`
    return context.fail("EXPRESSION_TYPE", message, wrong.node.span, "write CAST(… AS STRING)")
  }
  if (made === undefined) return undefined
  const entries = keys.flatMap(({ core }, index) => [core, made.cores[index]!])
  const at = constant(stringType, place(node))
  return { node, core: lenient("makeMap", { kind: "map", values: made.avro }, [at, ...entries]) }
}

function elements(
  context: CheckContext,
  node: Expression,
  list: readonly Checked[]
): { readonly avro: AvroType; readonly cores: readonly Core[] } | undefined {
  const united = unite(context, node, list)
  if (united === undefined) return undefined
  const { type, cores } = united
  if (type.kind === "interval")
    return context.fail("EXPRESSION_TYPE", "no field holds an INTERVAL", node.span)
  if (type.kind === nullType.kind) {
    const hint = "write CAST(NULL AS STRING)"
    return context.fail("EXPRESSION_TYPE", "only NULLs have no type", node.span, hint)
  }
  const avro = commonAvro(list) ?? toAvro(type)
  const nullable = cores.some((core) => core.nullable)
  return { avro: nullable ? nullableAvro(avro) : avro, cores: cores.map(held) }
}

/** A call that sees its NULLs, and is itself never NULL. */
export function lenient(fn: string, type: SqlType, args: readonly Core[]): Core {
  return { ...call(fn, type, args), nullable: false, lenient: true }
}

/** A value brought to the type of an array's elements, as the array holds it; reports what has another type. */
export function asElement(
  context: CheckContext,
  name: string,
  value: Checked,
  element: SqlType
): Core | undefined {
  const type = commonType(element, typeOf(value))
  const fits = type !== undefined && toText(type) === toText(element)
  if (fits) return held(coerce(value.core, element, place(value.node)))
  const message = `${name} needs a value of the elements' type ${formatSqlType(element)}, here ${formatSqlType(typeOf(value))}`
  return context.fail("EXPRESSION_TYPE", message, value.node.span, "bring it to that type with CAST")
}

/** Two types with the same text hold their values the same. */
function toText(type: SqlType): string {
  return `${formatSqlType(type)}${type.kind === "bigint" && type.wide ? " wide" : ""}${type.kind === "decimal" ? type.scale : ""}`
}
