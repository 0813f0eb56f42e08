import {
  anyRecord,
  type Context,
  defineProcessor,
  type DeriveContext,
  type DerivedRow,
  field,
  mapState,
  Schema,
  timers,
  valueState
} from "@millrace/sdk"
import { TemporalConfig } from "./config.ts"
import { joinContract } from "./contract.ts"
import { TemporalJoin, type TemporalState, type Versioned } from "./core/temporal-join.ts"
import { type JoinRows, rowJoiner } from "./joined-row.ts"
import { StoredVersions, StoredWaiting, versionsSchema, waitingSchema } from "./stored.ts"

const uses = {
  waiting: mapState(Schema.Int, StoredWaiting),
  known: valueState(StoredVersions, { initial: [] }),
  due: timers()
}

/** Each record of a stream with the version of a table that was valid at its time. */
export const temporalJoin = defineProcessor({
  name: "temporal-join",
  description: "Joins a stream with the version of a table that was valid at each record's time.",
  inputs: { left: anyRecord, versions: anyRecord },
  config: TemporalConfig,
  derive: (context) => contractOf(context),
  keyBy: { left: field("on.left"), versions: field("on.versions") },
  uses,
  process: {
    left: (row, context) => {
      const { join } = joinOf(context.config)
      if (hasNull(row, context.config.on.left)) return rowsOf(join.alone(row, context), context)
      join.record(row, context, stateOf(context))
      return []
    },
    versions: (row, context) => {
      if (!hasNull(row, context.config.on.versions))
        joinOf(context.config).join.version(row, context, stateOf(context))
      return []
    }
  },
  onDelete: (input, context) => {
    if (input === "versions") joinOf(context.config).join.version(null, context, stateOf(context))
    return []
  },
  onTimer: (_tag, context) =>
    rowsOf(joinOf(context.config).join.fire(context.timestamp, stateOf(context)), context)
})

type JoinContext = Context<TemporalConfig, typeof uses>

const hasNull = (row: DerivedRow, on: readonly string[]): boolean => on.some((name) => row[name] === null)

const stateOf = ({ waiting, known, due }: JoinContext): TemporalState<DerivedRow, DerivedRow> => ({
  waiting,
  versions: known,
  at: (time) => due.at(time)
})

const rowsOf = (
  versioned: readonly Versioned<DerivedRow, DerivedRow>[],
  { config, stamp }: JoinContext
): readonly DerivedRow[] =>
  versioned.map(({ left, version, timestamp, watermark }) =>
    stamp(joinOf(config).rows(left, version), timestamp, watermark)
  )

interface Opened {
  readonly join: TemporalJoin
  readonly rows: JoinRows
}

/** By the config, which is one object for as long as the plugin is open. */
const opened = new WeakMap<TemporalConfig, Opened>()

const joinOf = (config: TemporalConfig): Opened => {
  const known = opened.get(config)
  if (known !== undefined) return known
  const { kind = "inner", lateness = 0 } = config
  const join = new TemporalJoin({ lateness, outer: kind === "left" })
  const made = { join, rows: rowJoiner(config, ["left", "versions"]) }
  opened.set(config, made)
  return made
}

const contractOf = ({ config, inputs }: DeriveContext<TemporalConfig>) => {
  const { on, prefix, record, select, kind = "inner" } = config
  const contract = joinContract({
    inputs: [
      {
        name: "left",
        schema: inputs["left"]?.schema,
        on: on.left,
        prefix: prefix?.left ?? "",
        mayMiss: false
      },
      {
        name: "versions",
        schema: inputs["versions"]?.schema,
        on: on.versions,
        prefix: prefix?.versions ?? "",
        mayMiss: kind === "left"
      }
    ],
    select,
    record
  })
  if ("error" in contract) return contract
  const { rows, ...shape } = contract
  const [left, versions] = rows
  return { ...shape, state: { waiting: waitingSchema(left), known: versionsSchema(versions) } }
}
