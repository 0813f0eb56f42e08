import { excerpt, type Span } from "../expression-error.ts"
import { didYouMean } from "../nearest.ts"
import type { CastTarget } from "./ast.ts"
import type { TokenReader } from "./token-reader.ts"

const simple: ReadonlyMap<string, CastTarget> = new Map<string, CastTarget>([
  ["BOOLEAN", { kind: "boolean" }],
  ["INT", { kind: "int" }],
  ["INTEGER", { kind: "int" }],
  ["BIGINT", { kind: "bigint" }],
  ["FLOAT", { kind: "float" }],
  ["DOUBLE", { kind: "double" }],
  ["STRING", { kind: "string" }],
  ["VARCHAR", { kind: "string" }],
  ["BYTES", { kind: "bytes" }],
  ["DATE", { kind: "date" }]
])
const scaled = ["DECIMAL", "NUMERIC", "DEC", "TIME", "TIMESTAMP"]
const absent: ReadonlyMap<string, string> = new Map([
  ["TINYINT", "use INT"],
  ["SMALLINT", "use INT"],
  ["REAL", "use FLOAT"],
  ["TEXT", "use STRING"],
  ["CHAR", "use STRING"],
  ["VARBINARY", "use BYTES"],
  ["LONG", "use BIGINT"],
  ["NUMBER", "use DECIMAL(precision, scale) or DOUBLE"],
  ["BOOL", "use BOOLEAN"]
])

/** A type name, as CAST has it. DECIMAL alone is DECIMAL(10, 0), TIME is TIME(3), TIMESTAMP is TIMESTAMP(6). */
export function parseCastTarget(reader: TokenReader): CastTarget {
  if (reader.token.type !== "name") reader.unexpected("a type")
  const { text, span } = reader.next()
  const word = text.toUpperCase()
  const parameters = parseParameters(reader)
  if (scaled.includes(word)) return scaledTarget(reader, word, parameters, span)
  const target = simple.get(word)
  if (target === undefined) {
    const hint = absent.get(word) ?? didYouMean(word, [...simple.keys(), ...scaled])
    reader.stop("EXPRESSION_TYPE", `unknown type ${excerpt(text)}`, span, hint)
  }
  if (parameters.length > 0) {
    const hint = word === "VARCHAR" ? "use STRING, and SUBSTRING to cut" : `write ${word}`
    reader.stop("EXPRESSION_TYPE", `${word} takes no length`, reader.spanFrom(span), hint)
  }
  if (word === "DOUBLE") reader.takeWord("PRECISION")
  return Object.freeze(target)
}

function parseParameters(reader: TokenReader): readonly number[] {
  const parameters: number[] = []
  if (!reader.takeSymbol("(")) return parameters
  do {
    if (reader.token.type !== "number") reader.unexpected("a number")
    parameters.push(Number(reader.next().text))
  } while (reader.takeSymbol(",") && parameters.length < 2)
  reader.expectSymbol(")", "to close the type")
  return parameters
}

function scaledTarget(
  reader: TokenReader,
  word: string,
  parameters: readonly number[],
  from: Span
): CastTarget {
  const span = reader.spanFrom(from)
  if (word === "TIME" || word === "TIMESTAMP") {
    const kind = word === "TIME" ? "time" : "timestamp"
    const precision = parameters[0] ?? (word === "TIME" ? 3 : 6)
    if ((precision === 3 || precision === 6) && parameters.length < 2)
      return Object.freeze({ kind, precision })
    return reader.stop(
      "EXPRESSION_TYPE",
      `${word} has precision 3 or 6`,
      span,
      `use ${word}(3) for milliseconds, ${word}(6) for microseconds`
    )
  }
  const [precision = 10, scale = 0] = parameters
  const valid =
    Number.isInteger(precision) && Number.isInteger(scale) && precision <= 38 && scale <= precision
  if (valid && precision > 0) return Object.freeze({ kind: "decimal", precision, scale })
  const hint = "precision is 1 to 38, scale 0 to the precision: DECIMAL(10, 2)"
  return reader.stop("EXPRESSION_TYPE", `this DECIMAL does not exist`, span, hint)
}
