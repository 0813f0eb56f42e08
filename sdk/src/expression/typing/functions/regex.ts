import type { CallCore } from "../../core.ts"
import { compileRegex } from "../../pattern/regex-program.ts"
import type { CallNode } from "../../syntax/ast.ts"
import { call, constant, nullOf, place, type CheckContext, type Checked } from "../check-context.ts"
import { booleanType, intType, stringType, type SqlType } from "../sql-type.ts"
import {
  argumentsOf,
  define,
  integerArgument,
  literalText,
  textArgument,
  type Argument,
  type Documented,
  type FunctionDefinition
} from "./definition.ts"

interface Regex extends Documented {
  readonly fn: string
  readonly type: SqlType
  /** What follows string and pattern. */
  readonly takes?: readonly Argument[]
  readonly default?: number
  readonly mayBeNull?: true
}

/** `fn` is called with the program that the constant pattern becomes, the string, and the rest. */
function regex(spec: Regex): FunctionDefinition {
  const { takes = [] } = spec
  const least = 2 + takes.length - (spec.default === undefined ? 0 : 1)
  return define(spec, least, 2 + takes.length, (context, node, list) => checkRegex(spec, context, node, list))
}

function checkRegex(
  spec: Regex,
  context: CheckContext,
  node: CallNode,
  list: readonly Checked[]
): Checked | undefined {
  const [value, pattern, ...more] = list
  if (value === undefined || pattern === undefined) return undefined
  const args = argumentsOf(context, node, [value, ...more], [textArgument, ...(spec.takes ?? [])])
  if (args === undefined) return undefined
  if (pattern.core.type.kind === "null") return { node, core: nullOf(spec.type) }
  const text = literalText(context, node.name, "pattern", pattern)
  if (text === undefined) return undefined
  const result = compileRegex(text)
  if ("problem" in result) return context.fail("EXPRESSION_PATTERN", result.problem, pattern.node.span)
  const [group] = more
  const index = group?.core.op === "constant" && typeof group.core.value === "number" ? group.core.value : 0
  if (spec.default !== undefined && (index < 0 || index > result.ok.groups)) {
    const message = `the pattern has ${result.ok.groups} groups, so no group ${index}`
    return context.fail("EXPRESSION_ARGUMENTS", message, group?.node.span ?? node.span)
  }
  const missing = spec.default !== undefined && group === undefined
  const given = missing ? [...args, constant(intType, Math.min(spec.default, result.ok.groups))] : args
  const made: CallCore = {
    ...call(spec.fn, spec.type, given, [place(node)]),
    prepared: { fn: "regexProgram", json: JSON.stringify(result.ok) }
  }
  return { node, core: spec.mayBeNull === true ? { ...made, nullable: true } : made }
}

const strings: SqlType = { kind: "array", items: { kind: "string", attributes: {} } }

/** Regular expressions: Java's everyday ones, constant, in linear time. */
export const regexFunctions: readonly FunctionDefinition[] = [
  regex({
    usage: "REGEXP(string, pattern)",
    aliases: ["REGEXP_LIKE", "RLIKE"],
    about: "Whether some part of the string matches.",
    example: "REGEXP('foobar', 'o+b')",
    gives: "TRUE",
    fn: "regexMatches",
    type: booleanType
  }),
  regex({
    usage: "REGEXP_EXTRACT(string, pattern, group)",
    about: "The first match, or what a group of it took (0, the whole, when absent); NULL without one.",
    example: "REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2)",
    gives: "'bar'",
    fn: "regexExtract",
    type: stringType,
    takes: [integerArgument],
    default: 0,
    mayBeNull: true
  }),
  regex({
    usage: "REGEXP_EXTRACT_ALL(string, pattern, group)",
    about: "What a group (1 when absent, or the whole where there is none) took in each match.",
    example: "REGEXP_EXTRACT_ALL('a1b22', '[a-z]([0-9]+)')",
    gives: "ARRAY['1', '22']",
    fn: "regexExtractAll",
    type: strings,
    takes: [integerArgument],
    default: 1,
    mayBeNull: true
  }),
  regex({
    usage: "REGEXP_REPLACE(string, pattern, replacement)",
    about: "With every match replaced; `$1` is what a group took, `\\$` a dollar.",
    example: "REGEXP_REPLACE('2020-01-31', '(\\d+)-(\\d+)-(\\d+)', '$3.$2.$1')",
    gives: "'31.01.2020'",
    fn: "regexReplace",
    type: stringType,
    takes: [textArgument]
  }),
  regex({
    usage: "REGEXP_COUNT(string, pattern)",
    about: "How often it matches, side by side.",
    example: "REGEXP_COUNT('banana', 'an')",
    gives: "2",
    fn: "regexCount",
    type: intType
  }),
  regex({
    usage: "REGEXP_INSTR(string, pattern)",
    about: "Where the first match begins, from 1; 0 without one.",
    example: "REGEXP_INSTR('hello', 'l+')",
    gives: "3",
    fn: "regexPosition",
    type: intType
  }),
  regex({
    usage: "REGEXP_SUBSTR(string, pattern)",
    about: "The first match; NULL without one.",
    example: "REGEXP_SUBSTR('order 66!', '\\d+')",
    gives: "'66'",
    fn: "regexFirst",
    type: stringType,
    mayBeNull: true
  })
]
