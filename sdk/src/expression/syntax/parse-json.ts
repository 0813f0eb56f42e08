import type { Span } from "../expression-error.ts"
import type { CastTarget, Expression, JsonBehavior, JsonNode } from "./ast.ts"
import { parseCastTarget } from "./parse-cast-target.ts"
import type { TokenReader } from "./token-reader.ts"

/**
 * JSON_VALUE(json, path [RETURNING type] [NULL | ERROR | DEFAULT value ON EMPTY] [… ON ERROR]), JSON_QUERY(json, path
 * [WITHOUT | WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY] WRAPPER] [… ON EMPTY] [… ON ERROR]),
 * JSON_EXISTS(json, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR]).
 */
export function parseJson(reader: TokenReader, from: Span, name: JsonNode["name"]): Expression {
  const operand = reader.condition()
  reader.expectSymbol(",", `before the path of ${name}`)
  if (reader.token.type !== "string") {
    const hint = "the path is known before a record is: '$.price'"
    reader.stop("EXPRESSION_SYNTAX", "a JSON path is a string", reader.token.span, hint)
  }
  const { text, span: pathSpan } = reader.next()
  const path = reader.node({ kind: "string", value: text, span: pathSpan })
  const returning = parseReturning(reader, name)
  const wrapper = name === "JSON_QUERY" ? parseWrapper(reader) : undefined
  const behaviors = parseBehaviors(reader, name)
  reader.expectSymbol(")", `to close ${name}`)
  const span = reader.spanFrom(from)
  return reader.node({
    kind: "json",
    name,
    operand,
    path,
    ...(returning === undefined ? {} : { returning }),
    ...(wrapper === undefined ? {} : { wrapper }),
    ...behaviors,
    span
  })
}

function parseReturning(reader: TokenReader, name: string): CastTarget | undefined {
  if (name !== "JSON_VALUE" || !reader.takeWord("RETURNING")) return undefined
  const { span } = reader.token
  const target = parseCastTarget(reader)
  if (["boolean", "int", "bigint", "double", "string"].includes(target.kind)) return target
  const hint = "use BOOLEAN, INT, BIGINT, DOUBLE or STRING, and CAST the rest"
  return reader.stop("EXPRESSION_TYPE", "JSON_VALUE does not return that type", span, hint)
}

function parseWrapper(reader: TokenReader): JsonNode["wrapper"] {
  if (reader.takeWord("WITHOUT")) return finishWrapper(reader, "WITHOUT")
  if (!reader.takeWord("WITH")) return undefined
  if (reader.takeWord("CONDITIONAL")) return finishWrapper(reader, "WITH CONDITIONAL")
  reader.takeWord("UNCONDITIONAL")
  return finishWrapper(reader, "WITH UNCONDITIONAL")
}

function finishWrapper(reader: TokenReader, wrapper: JsonNode["wrapper"]): JsonNode["wrapper"] {
  reader.takeWord("ARRAY")
  reader.expectWord("WRAPPER", "after WITH or WITHOUT")
  return wrapper
}

function parseBehaviors(reader: TokenReader, name: string): Pick<JsonNode, "onEmpty" | "onError"> {
  let found: Pick<JsonNode, "onEmpty" | "onError"> = {}
  while (!reader.isSymbol(")") && !reader.isEnd()) {
    const behavior = parseBehavior(reader, name)
    reader.expectWord("ON", "after what the function gives")
    if (found.onEmpty === undefined && found.onError === undefined && name !== "JSON_EXISTS") {
      if (reader.takeWord("EMPTY")) {
        found = { onEmpty: behavior }
        continue
      }
    }
    reader.expectWord("ERROR", "after ON")
    return { ...found, onError: behavior }
  }
  return found
}

function parseBehavior(reader: TokenReader, name: string): JsonBehavior {
  if (name === "JSON_VALUE" && reader.takeWord("DEFAULT")) {
    return Object.freeze({ kind: "DEFAULT", value: reader.condition() })
  }
  if (name === "JSON_QUERY" && reader.takeWord("EMPTY")) {
    if (reader.takeWord("OBJECT")) return Object.freeze({ kind: "EMPTY OBJECT" })
    reader.expectWord("ARRAY", "or OBJECT after EMPTY")
    return Object.freeze({ kind: "EMPTY ARRAY" })
  }
  const words =
    name === "JSON_EXISTS" ? (["TRUE", "FALSE", "UNKNOWN", "ERROR"] as const) : (["NULL", "ERROR"] as const)
  for (const kind of words) if (reader.takeWord(kind)) return Object.freeze({ kind })
  return reader.unexpected(`${words.join(", ")} or ) in ${name}`)
}
