import {
  anyRecord,
  type Context,
  defineProcessor,
  type DeriveContext,
  type DerivedRow,
  field,
  mapState,
  Schema,
  timers
} from "@millrace/sdk"
import { IntervalConfig } from "./config.ts"
import { joinContract } from "./contract.ts"
import { IntervalJoin, type IntervalOptions, type Joined, type Side } from "./core/interval-join.ts"
import { type JoinRows, rowJoiner } from "./joined-row.ts"
import { bucketsOf, heldSchema, StoredBucket } from "./stored.ts"

const uses = {
  left: mapState(Schema.Int, StoredBucket),
  right: mapState(Schema.Int, StoredBucket),
  over: timers()
}

/** Pairs of two streams whose keys are equal and whose times are near each other. */
export const intervalJoin = defineProcessor({
  name: "interval-join",
  description: "Joins two streams by key, within an interval of event time.",
  inputs: { left: anyRecord, right: anyRecord },
  config: IntervalConfig,
  derive: (context) => contractOf(context),
  keyBy: { left: field("on.left"), right: field("on.right") },
  uses,
  process: {
    left: (row, context) => arrive("left", row, context),
    right: (row, context) => arrive("right", row, context)
  },
  onTimer: (tag, context) => {
    const { join } = joinOf(context.config)
    return rowsOf(join.fire(tag === "left" ? "left" : "right", context.timestamp, stateOf(context)), context)
  }
})

type JoinContext = Context<IntervalConfig, typeof uses>

const arrive = (side: Side, row: DerivedRow, context: JoinContext): readonly DerivedRow[] => {
  const { join } = joinOf(context.config)
  const isNull = context.config.on[side].some((name) => row[name] === null)
  return rowsOf(
    isNull ? join.alone(side, row, context) : join.arrive(side, row, context, stateOf(context)),
    context
  )
}

const stateOf = ({ left, right, over }: JoinContext) => ({
  left: bucketsOf(left),
  right: bucketsOf(right),
  at: (time: number, side: Side) => over.at(time, side)
})

const rowsOf = (
  joined: readonly Joined<DerivedRow>[],
  { config, stamp }: JoinContext
): readonly DerivedRow[] =>
  joined.map(({ left, right, timestamp, watermark }) =>
    stamp(joinOf(config).rows(left, right), timestamp, watermark)
  )

interface Opened {
  readonly join: IntervalJoin
  readonly rows: JoinRows
}

/** By the config, which is one object for as long as the plugin is open. */
const opened = new WeakMap<IntervalConfig, Opened>()

const joinOf = (config: IntervalConfig): Opened => {
  const known = opened.get(config)
  if (known !== undefined) return known
  const made = { join: new IntervalJoin(optionsOf(config)), rows: rowJoiner(config, ["left", "right"]) }
  opened.set(config, made)
  return made
}

const optionsOf = ({ within, kind = "inner", lateness = 0 }: IntervalConfig): IntervalOptions => ({
  before: within.before === "unbounded" ? Infinity : (within.before ?? 0),
  after: within.after === "unbounded" ? Infinity : (within.after ?? 0),
  lateness,
  outer: { left: kind === "left" || kind === "full", right: kind === "right" || kind === "full" }
})

const contractOf = ({ config, inputs }: DeriveContext<IntervalConfig>) => {
  const { before, after, outer } = optionsOf(config)
  if ((outer.left && after === Infinity) || (outer.right && before === Infinity)) {
    const bound = outer.left && after === Infinity ? "after" : "before"
    const message = `${config.kind}: a record comes out alone when nothing can match it any more, which is never: give ${bound}`
    return { error: { path: `/within/${bound}`, message } }
  }
  const { on, prefix, record, select } = config
  const contract = joinContract({
    inputs: [
      {
        name: "left",
        schema: inputs["left"]?.schema,
        on: on.left,
        prefix: prefix?.left ?? "",
        mayMiss: outer.right
      },
      {
        name: "right",
        schema: inputs["right"]?.schema,
        on: on.right,
        prefix: prefix?.right ?? "",
        mayMiss: outer.left
      }
    ],
    select,
    record
  })
  if ("error" in contract) return contract
  const { rows, ...shape } = contract
  const [left, right] = rows
  return { ...shape, state: { left: heldSchema("Left", left), right: heldSchema("Right", right) } }
}
