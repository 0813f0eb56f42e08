import { concat } from "./check-operator.ts"
import { integerArgument, simple, textArgument, type FunctionCheck } from "./function-check.ts"
import { booleanType, intType, stringType } from "./sql-type.ts"

const length = (name: string) => simple(`${name}(string)`, "length", intType, [textArgument])
const starts = (name: string) =>
  simple(`${name}(string, prefix)`, "startsWith", booleanType, [textArgument, textArgument])
const ends = (name: string) =>
  simple(`${name}(string, suffix)`, "endsWith", booleanType, [textArgument, textArgument])

export const textFunctions: readonly (readonly [string, FunctionCheck])[] = [
  ["UPPER", simple("UPPER(string)", "upper", stringType, [textArgument])],
  ["LOWER", simple("LOWER(string)", "lower", stringType, [textArgument])],
  ["LTRIM", simple("LTRIM(string, characters)", "trim:LEADING", stringType, [textArgument, textArgument], 1)],
  [
    "RTRIM",
    simple("RTRIM(string, characters)", "trim:TRAILING", stringType, [textArgument, textArgument], 1)
  ],
  ["LENGTH", length("LENGTH")],
  ["CHAR_LENGTH", length("CHAR_LENGTH")],
  ["CHARACTER_LENGTH", length("CHARACTER_LENGTH")],
  [
    "SUBSTRING",
    simple(
      "SUBSTRING(string, start, length)",
      "substring",
      stringType,
      [textArgument, integerArgument, integerArgument],
      2
    )
  ],
  [
    "REPLACE",
    simple("REPLACE(string, search, replacement)", "replace", stringType, [
      textArgument,
      textArgument,
      textArgument
    ])
  ],
  ["POSITION", simple("POSITION(part IN string)", "position", intType, [textArgument, textArgument])],
  ["STARTS_WITH", starts("STARTS_WITH")],
  ["STARTSWITH", starts("STARTSWITH")],
  ["ENDS_WITH", ends("ENDS_WITH")],
  ["ENDSWITH", ends("ENDSWITH")],
  [
    "CONCAT",
    {
      least: 1,
      most: Number.POSITIVE_INFINITY,
      usage: "CONCAT(string, string, …)",
      check: (context, node, list) => {
        const core = concat(context, node, list, "CONCAT")
        return core && { node, core }
      }
    }
  ]
]
