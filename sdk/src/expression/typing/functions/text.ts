import { concat } from "../check-operator.ts"
import { lenient } from "../check-collection.ts"
import { coerce } from "../coerce.ts"
import { constant, place, type CheckContext, type Checked } from "../check-context.ts"
import type { CallNode } from "../../syntax/ast.ts"
import { formatSqlType, intType, stringType } from "../sql-type.ts"
import { define, integerArgument, strict, textArgument, type FunctionDefinition } from "./definition.ts"

const text = textArgument
const integer = integerArgument
const many = Number.POSITIVE_INFINITY

/** Functions that make strings of strings. */
export const textFunctions: readonly FunctionDefinition[] = [
  strict({
    usage: "UPPER(string)",
    about: "In upper case, by Unicode.",
    example: "UPPER('aé')",
    gives: "'AÉ'",
    fn: "upper",
    takes: [text],
    type: stringType
  }),
  strict({
    usage: "LOWER(string)",
    about: "In lower case, by Unicode.",
    example: "LOWER('AÉ')",
    gives: "'aé'",
    fn: "lower",
    takes: [text],
    type: stringType
  }),
  strict({
    usage: "INITCAP(string)",
    about:
      "The first letter of each word in upper case, the others in lower case; a word is letters and digits.",
    example: "INITCAP('new YORK-city')",
    gives: "'New York-City'",
    fn: "initCap",
    takes: [text],
    type: stringType
  }),
  strict({
    usage: "LTRIM(string, characters)",
    about: "Without those of the characters (a space when absent) that it begins with.",
    example: "LTRIM('xxay', 'x')",
    gives: "'ay'",
    fn: "trim:LEADING",
    takes: [text, text],
    least: 1,
    type: stringType
  }),
  strict({
    usage: "RTRIM(string, characters)",
    about: "Without those of the characters (a space when absent) that it ends with.",
    example: "RTRIM('ay  ')",
    gives: "'ay'",
    fn: "trim:TRAILING",
    takes: [text, text],
    least: 1,
    type: stringType
  }),
  strict({
    usage: "BTRIM(string, characters)",
    about: "Without those of the characters (a space when absent) at both ends.",
    example: "BTRIM('xyaxy', 'xy')",
    gives: "'a'",
    fn: "trim:BOTH",
    takes: [text, text],
    least: 1,
    type: stringType
  }),
  strict({
    usage: "SUBSTRING(string FROM start FOR length)",
    aliases: ["SUBSTR"],
    about:
      "The part from a place, counted from 1 (negative: from the end); also SUBSTRING(string, start, length).",
    example: "SUBSTRING('hello' FROM 2 FOR 3)",
    gives: "'ell'",
    fn: "substring",
    takes: [text, integer, integer],
    least: 2,
    type: stringType
  }),
  strict({
    usage: "LEFT(string, length)",
    about: "The first characters; the empty string for a negative length.",
    example: "LEFT('hello', 2)",
    gives: "'he'",
    fn: "leftPart",
    takes: [text, integer],
    type: stringType
  }),
  strict({
    usage: "RIGHT(string, length)",
    about: "The last characters; the empty string for a negative length.",
    example: "RIGHT('hello', 2)",
    gives: "'lo'",
    fn: "rightPart",
    takes: [text, integer],
    type: stringType
  }),
  strict({
    usage: "REPLACE(string, search, replacement)",
    about: "With every occurrence replaced; an empty search changes nothing.",
    example: "REPLACE('ababa', 'ab', 'x')",
    gives: "'xxa'",
    fn: "replace",
    takes: [text, text, text],
    type: stringType
  }),
  strict({
    usage: "TRANSLATE(string, from, to)",
    about: "Each character of `from` becomes the one at its place in `to`, or nothing.",
    example: "TRANSLATE('a-b-c', 'ab-', 'AB')",
    gives: "'ABc'",
    fn: "translate",
    takes: [text, text, text],
    type: stringType
  }),
  strict({
    usage: "OVERLAY(string PLACING part FROM start FOR length)",
    about:
      "The part put in the place of `length` characters (its own length when absent); a start outside the string changes nothing.",
    example: "OVERLAY('xxxxxtest' PLACING 'ab' FROM 6 FOR 3)",
    gives: "'xxxxxabt'",
    least: 3,
    fn: "overlay",
    takes: [text, text, integer, integer],
    defaults: [-1],
    type: stringType
  }),
  strict({
    usage: "LPAD(string, length, pad)",
    about: "Filled up from the left to a length, or cut to it; NULL for a negative length or an empty pad.",
    example: "LPAD('7', 3, '0')",
    gives: "'007'",
    fn: "padLeft",
    takes: [text, integer, text],
    type: stringType,
    mayBeNull: true
  }),
  strict({
    usage: "RPAD(string, length, pad)",
    about: "Filled up from the right to a length, or cut to it; NULL for a negative length or an empty pad.",
    example: "RPAD('hi', 5, '?!')",
    gives: "'hi?!?'",
    fn: "padRight",
    takes: [text, integer, text],
    type: stringType,
    mayBeNull: true
  }),
  strict({
    usage: "REPEAT(string, count)",
    about: "Several times in a row.",
    example: "REPEAT('ab', 3)",
    gives: "'ababab'",
    fn: "repeatText",
    takes: [text, integer],
    type: stringType
  }),
  strict({
    usage: "REVERSE(string)",
    about: "Its characters from the last to the first.",
    example: "REVERSE('abc')",
    gives: "'cba'",
    fn: "reverseText",
    takes: [text],
    type: stringType
  }),
  strict({
    usage: "SPLIT_INDEX(string, separator, index)",
    about:
      "The part at an index, counted from 0; NULL where there is none. An empty separator stands for white space.",
    example: "SPLIT_INDEX('a,b,c', ',', 1)",
    gives: "'b'",
    fn: "splitIndex",
    takes: [text, text, integer],
    type: stringType,
    mayBeNull: true
  }),
  define(
    {
      usage: "CONCAT(string, string, …)",
      about: "Joined; NULL when one of them is. `||` does the same.",
      example: "CONCAT('a', 'b', 'c')",
      gives: "'abc'"
    },
    1,
    many,
    (context, node, list) => {
      const core = concat(context, node, list, "CONCAT")
      return core && { node, core }
    }
  ),
  define(
    {
      usage: "CONCAT_WS(separator, string, …)",
      about: "Joined with a separator between; NULLs are left out, and it is NULL when the separator is.",
      example: "CONCAT_WS('~', 'a', NULL, '', 'b')",
      gives: "'a~~b'"
    },
    1,
    many,
    checkConcatWs
  ),
  strict({
    usage: "CHR(code)",
    about: "The character of a code, modulo 256; the empty string for a negative one.",
    example: "CHR(97)",
    gives: "'a'",
    fn: "characterOf",
    takes: [integer],
    type: stringType
  }),
  strict({
    usage: "ASCII(string)",
    about: "The code point of the first character; 0 for the empty string.",
    example: "ASCII('abc')",
    gives: "97",
    fn: "asciiOf",
    takes: [text],
    type: intType
  })
]

function checkConcatWs(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const wrong = list.find(({ core }) => core.type.kind !== "string" && core.type.kind !== "null")
  if (wrong !== undefined) {
    const message = `CONCAT_WS joins strings, here ${formatSqlType(wrong.core.type)}`
    return context.fail("EXPRESSION_TYPE", message, wrong.node.span, "write CAST(… AS STRING)")
  }
  const at = constant(stringType, place(node))
  const args = list.map(({ core }) => coerce(core, stringType, place(node)))
  const core = lenient("joinParts", stringType, [at, ...args])
  return { node, core: { ...core, nullable: args[0]?.nullable ?? true } }
}
