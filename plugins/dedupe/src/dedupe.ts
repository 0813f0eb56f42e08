import {
  anyRecord,
  type Context,
  defineProcessor,
  type DeriveContext,
  type DerivedRow,
  field,
  recordFields,
  recordSchema,
  Schema,
  type SchemaField,
  timers,
  valueState
} from "@millrace/sdk"
import { Config } from "./config.ts"
import { advance, arrive, type DedupeOptions, isLate, type Runs, type Step } from "./core/dedupe.ts"
import { forgottenAt, isRepeated, stillKnown } from "./core/first-come.ts"

const StoredHeld = Schema.Struct({
  timestamp: Schema.Int,
  row: anyRecord
})
const StoredRuns = Schema.Struct({
  start: Schema.NullOr(Schema.Int),
  last: Schema.NullOr(StoredHeld),
  waiting: Schema.Array(StoredHeld)
})

const uses = {
  /** Timestamps of what passed, by arrival. */
  passed: valueState(Schema.Array(Schema.Int), { initial: [] }),
  /** By time. */
  runs: valueState(StoredRuns, { initial: { start: null, last: null, waiting: [] } }),
  wake: timers()
}

/** Keeps one of the records that are the same by key, within a time. */
export const dedupe = defineProcessor({
  name: "dedupe",
  description: "Keeps one of the records that are the same by key, within a time.",
  config: Config,
  derive: (context) => contractOf(context),
  keyBy: field("keyBy"),
  uses,
  process: (row, context) =>
    isByTime(context.config) ? arriveByTime(row, context) : arriveFirst(row, context),
  onTimer: (_tag, context) => {
    const { config, passed, timestamp } = context
    const options = optionsOf(config)
    if (isByTime(config)) return take(advance(timestamp, runsOf(context), options), context)
    const known = stillKnown(timestamp, passed.get(), options)
    if (known.length === 0) passed.delete()
    else passed.set(known)
    return []
  }
})

type DedupeContext = Context<Config, typeof uses>

const arriveFirst = (row: DerivedRow, context: DedupeContext): readonly DerivedRow[] => {
  const { config, passed, timestamp, wake } = context
  const options = optionsOf(config)
  if (options.within !== Infinity && isLate(context, options)) return []
  const known = passed.get()
  if (isRepeated(timestamp, known, options)) return []
  passed.set([...known, timestamp])
  const until = forgottenAt(timestamp, options)
  if (until !== Infinity) wake.at(until)
  return [row]
}

const arriveByTime = (row: DerivedRow, context: DedupeContext): readonly DerivedRow[] => {
  const { config, timestamp } = context
  const options = optionsOf(config)
  if (isLate(context, options)) return []
  return take(arrive({ timestamp, row }, runsOf(context), options), context)
}

const runsOf = ({ runs }: DedupeContext): Runs<DerivedRow> => {
  const { start, last, waiting } = runs.get()
  return {
    start: start ?? undefined,
    last: last ?? undefined,
    waiting
  }
}

const take = (
  { runs: { start, last, waiting }, given, at }: Step<DerivedRow>,
  { config, runs, stamp, wake }: DedupeContext
): readonly DerivedRow[] => {
  if (start === undefined && waiting.length === 0) runs.delete()
  else
    runs.set({
      start: start ?? null,
      last: last ?? null,
      waiting
    })
  if (at !== undefined) wake.at(at)
  const { lateness } = optionsOf(config)
  // Readers may have been told of a watermark that much later by now.
  return given.map(({ row, timestamp }) => stamp(row, timestamp, timestamp + lateness))
}

const isByTime = ({ keep, order }: Config): boolean => keep === "last" || order === "time"

const optionsOf = ({ within = Infinity, lateness = 0, keep = "first" }: Config): DedupeOptions => ({
  within,
  lateness,
  keep
})

const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const { keep, keyBy, order, within } = config
  const fields = recordFields(inputs["input"]?.schema)
  const names = fields.map(({ name }) => name)
  const unknown = keyBy.findIndex((name) => !names.includes(name))
  if (unknown >= 0) {
    const message = `there is no field ${keyBy[unknown]}; the fields are ${names.slice(0, 12).join(", ")}`
    return { error: { path: `/keyBy/${unknown}`, message } }
  }
  if (keep === "last" && order === "arrival") {
    const message = "the last is known when the time is over: leave order out, or say time"
    return { error: { path: "/order", message } }
  }
  if (keep === "last" && within === undefined)
    return { error: { path: "/within", message: "the last of all is never known: say within what time" } }
  if (within === 0) return { error: { path: "/within", message: "give a time longer than 0" } }
  // By arrival a record passes as the bytes that it is.
  if (!isByTime(config)) return { reads: { input: [] }, output: "same" }
  return {
    reads: { input: "*" as const },
    output: inputs["input"]?.schema,
    copies: Object.fromEntries(names.map((name) => [name, name])),
    state: { runs: runsSchema(fields) }
  }
}

/** {@link StoredRuns} as Avro, with the rows' own schema. */
const runsSchema = (fields: readonly SchemaField[]) => {
  const held = {
    type: "record",
    name: "millrace.dedupe.Held",
    fields: [
      { name: "timestamp", type: "long" },
      { name: "row", type: recordSchema("millrace.dedupe.Row", fields) }
    ]
  }
  return {
    type: "record",
    name: "millrace.dedupe.Runs",
    fields: [
      { name: "start", type: ["null", "long"] },
      { name: "last", type: ["null", held] },
      { name: "waiting", type: { type: "array", items: "millrace.dedupe.Held" } }
    ]
  }
}
