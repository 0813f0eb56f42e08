import type { Core } from "../../core.ts"
import type { CallNode, IntervalUnit } from "../../syntax/ast.ts"
import { call, constant, nullOf, place, typeOf, type CheckContext, type Checked } from "../check-context.ts"
import { moved } from "../check-temporal.ts"
import { coerce, commonType } from "../coerce.ts"
import { booleanType, formatSqlType, intType, isTemporal, timestampType, type SqlType } from "../sql-type.ts"
import { argumentsOf, define, integerArgument, type FunctionDefinition } from "./definition.ts"

/** As the library functions want it: 0 for a DATE's days. */
export function precisionOf(type: SqlType): 0 | 3 | 6 {
  return type.kind === "time" || type.kind === "timestamp" ? type.precision : 0
}

const clockUnits: readonly IntervalUnit[] = ["HOUR", "MINUTE", "SECOND"]

/** FLOOR and CEIL of a date or time to a unit. A unit finer than a DATE changes nothing. */
export function roundMoment(
  context: CheckContext,
  node: CallNode,
  value: Checked,
  unit: IntervalUnit
): Checked | undefined {
  const type = typeOf(value)
  if (type.kind === "null") return { node, core: nullOf(timestampType) }
  const clock = clockUnits.includes(unit)
  if (!isTemporal(type) || (type.kind === "time" && !clock)) {
    const message = `${node.name} to ${unit} needs ${clock ? "a time" : "a DATE or TIMESTAMP"}, here ${formatSqlType(type)}`
    return context.fail("EXPRESSION_TYPE", message, value.node.span)
  }
  if (type.kind === "date" && clock) return { node, core: value.core }
  const fn = node.name === "FLOOR" ? "floorTo" : "ceilTo"
  return { node, core: call(fn, type, [value.core], [unit, precisionOf(type)]) }
}

const monthsOf: { readonly [unit: string]: number } = { YEAR: 12, QUARTER: 3, MONTH: 1 }
const millisOf: { readonly [unit: string]: number } = {
  WEEK: 604_800_000,
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1_000
}

/** TIMESTAMPADD(unit, count, value): value + count * INTERVAL '1' unit. */
function checkAdd(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [unit, count, value] = list
  if (unit?.node.kind !== "keyword" || count === undefined || value === undefined) return undefined
  const { word } = unit.node
  const args = argumentsOf(context, node, [count], [integerArgument])
  if (args?.[0] === undefined) return undefined
  const months = monthsOf[word]
  const size = months ?? millisOf[word] ?? 0
  const type: SqlType = {
    kind: "interval",
    unit: months === undefined ? (clockUnits.includes(word) ? "time" : "day") : "month"
  }
  const interval = call("multiply:long", type, [args[0], constant(intType, size)], [place(node)])
  const moment = typeOf(value).kind === "null" ? nullOf(timestampType) : value.core
  const core = isTemporal(moment.type) ? moved(moment, interval, place(node)) : undefined
  if (core !== undefined) return { node, core }
  const message = `TIMESTAMPADD of ${word} needs a date or time, here ${formatSqlType(typeOf(value))}`
  return context.fail("EXPRESSION_TYPE", message, value.node.span)
}

/** Two dates or times of one kind; a DATE with a TIMESTAMP is its midnight. */
function alignedMoments(node: CallNode, from: Core, to: Core): readonly [Core, Core, SqlType] | undefined {
  const at = place(node)
  const midnight = (core: Core) =>
    core.type.kind === "date" ? call("dateToTimestamp", timestampType, [core], [3, at]) : core
  const mixed = from.type.kind !== to.type.kind
  const [one, other] = mixed ? [midnight(from), midnight(to)] : [from, to]
  const type = commonType(one.type, other.type)
  if (type === undefined || !isTemporal(type)) return undefined
  return [coerce(one, type, at), coerce(other, type, at), type]
}

function checkDifference(
  context: CheckContext,
  node: CallNode,
  list: readonly Checked[]
): Checked | undefined {
  const [unit, from, to] = list
  if (unit?.node.kind !== "keyword" || from === undefined || to === undefined) return undefined
  const pair = alignedMoments(node, from.core, to.core)
  const { word } = unit.node
  if (pair === undefined || (pair[2].kind === "time" && !clockUnits.includes(word))) {
    if (typeOf(from).kind === "null" && typeOf(to).kind === "null") return { node, core: nullOf(intType) }
    const message = `TIMESTAMPDIFF of ${word} has no meaning for ${formatSqlType(typeOf(from))} and ${formatSqlType(typeOf(to))}`
    return context.fail("EXPRESSION_TYPE", message, node.span)
  }
  const [one, other, type] = pair
  return { node, core: call("unitsBetween", intType, [one, other], [word, precisionOf(type), place(node)]) }
}

/** Periods share a moment, their ends among them; an end may be an interval after the start. */
function checkOverlaps(context: CheckContext, node: CallNode, list: readonly Checked[]): Checked | undefined {
  const [start, end, otherStart, otherEnd] = list
  if (!start || !end || !otherStart || !otherEnd) return undefined
  const first = period(node, start, end)
  const second = period(node, otherStart, otherEnd)
  const starts = first && second && alignedMoments(node, first[0], second[0])
  const ends = first && second && alignedMoments(node, first[1], second[1])
  const bounds = first && second && alignedMoments(node, first[0], second[1])
  if (!starts || !ends || !bounds || starts[2].kind !== ends[2].kind || bounds[2].kind !== starts[2].kind) {
    const message = "OVERLAPS needs two periods of one type"
    return context.fail("EXPRESSION_TYPE", message, node.span, "write (start, end) OVERLAPS (start, end)")
  }
  const at = place(node)
  const type = commonType(starts[2], ends[2]) ?? starts[2]
  const args = [starts[0], ends[0], starts[1], ends[1]].map((core) => coerce(core, type, at))
  return { node, core: call("overlaps", booleanType, args) }
}

function period(node: CallNode, start: Checked, end: Checked): readonly [Core, Core] | undefined {
  const from = start.core
  const to = end.core.type.kind === "interval" ? moved(from, end.core, place(node)) : end.core
  const pair = to && alignedMoments(node, from, to)
  return pair && [pair[0], pair[1]]
}

/** Arithmetic of dates and times. There is one time zone, UTC. */
export const momentFunctions: readonly FunctionDefinition[] = [
  define(
    {
      usage: "TIMESTAMPADD(unit, count, timestamp)",
      about: "So many units later; a DATE becomes a TIMESTAMP for HOUR, MINUTE and SECOND.",
      example: "TIMESTAMPADD(MONTH, 1, DATE '2020-01-31')",
      gives: "DATE '2020-02-29'"
    },
    3,
    3,
    checkAdd
  ),
  define(
    {
      usage: "TIMESTAMPDIFF(unit, from, to)",
      about: "The whole units between two dates or times.",
      example: "TIMESTAMPDIFF(DAY, DATE '2020-02-28', DATE '2020-03-01')",
      gives: "2"
    },
    3,
    3,
    checkDifference
  ),
  define(
    {
      usage: "OVERLAPS(start, end, start, end)",
      about:
        "Whether two periods share a moment, their ends among them, written `(start, end) OVERLAPS (start, end)`; an end may be an INTERVAL after its start.",
      example: "(TIME '02:55:00', INTERVAL '1' HOUR) OVERLAPS (TIME '03:30:00', INTERVAL '2' HOUR)",
      gives: "TRUE"
    },
    4,
    4,
    checkOverlaps
  )
]
