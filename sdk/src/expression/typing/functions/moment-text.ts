import type { CallCore } from "../../core.ts"
import { parseDateFormat } from "../../pattern/date-format.ts"
import { zoneTable } from "../../pattern/time-zone.ts"
import type { CallNode } from "../../syntax/ast.ts"
import { call, nullOf, place, typeOf, type CheckContext, type Checked } from "../check-context.ts"
import {
  bigintType,
  dateType,
  formatSqlType,
  isTemporal,
  stringType,
  timestampType,
  type SqlType
} from "../sql-type.ts"
import {
  argumentsOf,
  define,
  doubleArgument,
  integerArgument,
  literalText,
  textArgument,
  type FunctionDefinition
} from "./definition.ts"

import { precisionOf } from "./moment.ts"

/** The pieces of a constant format, checked; NULL formats are none. */
function format(
  context: CheckContext,
  node: CallNode,
  given: Checked | undefined,
  usual: string
): CallCore["prepared"] | undefined {
  const text = given === undefined ? usual : literalText(context, node.name, "format", given)
  if (text === undefined) return undefined
  const result = parseDateFormat(text)
  if ("ok" in result) return { fn: "datePieces", json: JSON.stringify(result.ok) }
  return context.fail("EXPRESSION_PATTERN", result.problem, given?.node.span ?? node.span)
}

function reader(fn: string, type: SqlType, usual: string): FunctionDefinition["check"] {
  return (context, node, [value, given]) => {
    const args = value && argumentsOf(context, node, [value], [textArgument])
    const prepared = format(context, node, given, usual)
    return args && prepared && { node, core: { ...call(fn, type, args), nullable: true, prepared } }
  }
}

function checkDateFormat(
  context: CheckContext,
  node: CallNode,
  [value, given]: readonly Checked[]
): Checked | undefined {
  const prepared = format(context, node, given, "yyyy-MM-dd HH:mm:ss")
  if (value === undefined || prepared === undefined) return undefined
  const type = typeOf(value)
  if (type.kind === "null") return { node, core: nullOf(stringType) }
  if (!isTemporal(type)) {
    const message = `DATE_FORMAT needs a date or time, here ${formatSqlType(type)}`
    const hint = type.kind === "string" ? "CAST(… AS TIMESTAMP) makes one of the string" : undefined
    return context.fail("EXPRESSION_TYPE", message, value.node.span, hint)
  }
  return { node, core: { ...call("formatMoment", stringType, [value.core], [precisionOf(type)]), prepared } }
}

function checkFromUnix(
  context: CheckContext,
  node: CallNode,
  [value, given]: readonly Checked[]
): Checked | undefined {
  const args = value && argumentsOf(context, node, [value], [integerArgument])
  const prepared = format(context, node, given, "yyyy-MM-dd HH:mm:ss")
  return (
    args &&
    prepared && { node, core: { ...call("formatSeconds", stringType, args, [place(node)]), prepared } }
  )
}

/** TO_TIMESTAMP_LTZ(seconds, 0) and (milliseconds, 3). */
function checkInstant(
  context: CheckContext,
  node: CallNode,
  [value, unit]: readonly Checked[]
): Checked | undefined {
  const args = value && argumentsOf(context, node, [value], [doubleArgument])
  const precision = unit === undefined ? 3 : unit.core.op === "constant" ? unit.core.value : undefined
  if (args === undefined) return undefined
  if (precision !== 0 && precision !== 3) {
    const hint = "0: the number counts seconds, 3: milliseconds"
    return context.fail("EXPRESSION_ARGUMENTS", "the precision is 0 or 3", unit?.node.span ?? node.span, hint)
  }
  return {
    node,
    core: call("secondsToInstant", timestampType, args, [precision === 0 ? 1000 : 1, place(node)])
  }
}

function checkZones(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [value, from, to] = list
  if (value === undefined || from === undefined || to === undefined) return undefined
  const args = argumentsOf(context, node, [value], [textArgument])
  const tables = [from, to].map((zone) => {
    const name = literalText(context, node.name, "time zone", zone)
    const table = name === undefined ? undefined : zoneTable(name)
    if (name !== undefined && table === undefined) {
      const hint = "write a name such as 'Europe/Vienna', 'UTC' or 'GMT-08:00'"
      return context.fail("EXPRESSION_ARGUMENTS", "unknown time zone", zone.node.span, hint)
    }
    return table
  })
  const pieces = parseDateFormat("yyyy-MM-dd HH:mm:ss")
  if (args === undefined || tables.includes(undefined) || !("ok" in pieces)) return undefined
  const prepared = { fn: "zoneTable", json: JSON.stringify([...tables, pieces.ok]) }
  return { node, core: { ...call("convertZone", stringType, args), nullable: true, prepared } }
}

/** Dates and times to and from text and numbers. */
export const momentTextFunctions: readonly FunctionDefinition[] = [
  define(
    {
      usage: "DATE_FORMAT(timestamp, format)",
      about: "As text by a format: y M d D E u H k K h m s S a Z X, with 'text' in quotes.",
      example: "DATE_FORMAT(TIMESTAMP '2020-01-31 14:05:00', 'EEE, d MMM yyyy h:mm a')",
      gives: "'Fri, 31 Jan 2020 2:05 PM'"
    },
    2,
    2,
    checkDateFormat
  ),
  define(
    {
      usage: "TO_DATE(string, format)",
      about: "The date in a text (`yyyy-MM-dd` when no format is given); NULL where it does not fit.",
      example: "TO_DATE('31.01.2020', 'dd.MM.yyyy')",
      gives: "DATE '2020-01-31'"
    },
    1,
    2,
    reader("readDate", dateType, "yyyy-MM-dd")
  ),
  define(
    {
      usage: "TO_TIMESTAMP(string, format)",
      about:
        "The timestamp in a text (`yyyy-MM-dd HH:mm:ss` when no format is given); NULL where it does not fit.",
      example: "TO_TIMESTAMP('2020-01-31T12:30:00Z', 'yyyy-MM-dd''T''HH:mm:ssX')",
      gives: "TIMESTAMP '2020-01-31 12:30:00.000'"
    },
    1,
    2,
    reader("readTimestamp", timestampType, "yyyy-MM-dd HH:mm:ss")
  ),
  define(
    {
      usage: "TO_TIMESTAMP_LTZ(number, precision)",
      about: "The instant of seconds (precision 0) or milliseconds (3, when absent) since 1970.",
      example: "TO_TIMESTAMP_LTZ(44, 0)",
      gives: "TIMESTAMP '1970-01-01 00:00:44.000'"
    },
    1,
    2,
    checkInstant
  ),
  define(
    {
      usage: "FROM_UNIXTIME(seconds, format)",
      about: "Seconds since 1970 as text (`yyyy-MM-dd HH:mm:ss` when no format is given).",
      example: "FROM_UNIXTIME(44)",
      gives: "'1970-01-01 00:00:44'"
    },
    1,
    2,
    checkFromUnix
  ),
  define(
    {
      usage: "UNIX_TIMESTAMP(string, format)",
      about:
        "The seconds since 1970 of a text (`yyyy-MM-dd HH:mm:ss` when no format is given); NULL where it does not fit. The present time is not offered.",
      example: "UNIX_TIMESTAMP('1970-01-01 00:00:44')",
      gives: "44"
    },
    1,
    2,
    reader("readSeconds", bigintType, "yyyy-MM-dd HH:mm:ss")
  ),
  define(
    {
      usage: "CONVERT_TZ(string, from, to)",
      about:
        "A wall clock `yyyy-MM-dd HH:mm:ss` in another time zone; NULL where it is none. Zones are constant: names of the IANA database, UTC, or GMT-08:00; their rules are taken when the pipeline is planned.",
      example: "CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles')",
      gives: "'1969-12-31 16:00:00'"
    },
    3,
    3,
    checkZones
  )
]
