import {
  anyRecord,
  type Context,
  defineProcessor,
  type DeriveContext,
  field,
  mapState,
  recordFields,
  Schema,
  timers,
  valueState
} from "@millrace/sdk"
import { limit, limitProblem } from "./config.ts"
import { arrive, release } from "./core/spacing.ts"

const Config = Schema.Struct({
  ...limit,
  maxWaiting: Schema.optionalKey(
    Schema.Int.annotate({
      description: "Records of a key that wait at most; more become dead letters; default: 10000"
    })
  )
})
type Config = typeof Config.Type

const uses = {
  /** When a record may pass again if none waits, ms since 1970. */
  free: valueState(Schema.Number, { initial: 0 }),
  /** By the order of arrival: what waits. */
  waiting: mapState(
    Schema.Int,
    Schema.Struct({ timestamp: Schema.Int, watermark: Schema.NullOr(Schema.Int), row: anyRecord })
  ),
  /** The numbers of the first that waits, and of the next that will. */
  line: valueState(Schema.Struct({ first: Schema.Int, next: Schema.Int }), {
    initial: { first: 0, next: 0 }
  }),
  wake: timers({ clock: "processing" })
}

/** More than may wait. */
export class TooManyWaitError extends Schema.TaggedError<TooManyWaitError>()("TooManyWaitError", {
  message: Schema.String
}) {}

/**
 * Spaces the records of a key out by the clock: each passes `per / records` after the one before it, in the order of arrival.
 * At the end of a bounded input all that wait pass.
 */
export const delay = defineProcessor({
  name: "delay",
  description: "Lets so many records through in a time, and lets the others wait.",
  config: Config,
  derive: (context) => contractOf(context),
  keyBy: field("keyBy"),
  uses,
  process: (row, context) => {
    const { config, now, timestamp, watermark } = context
    const { maxWaiting = 10_000, per, records } = config
    const one = { row, timestamp, watermark: watermark === -Infinity ? null : watermark }
    const fate = arrive(one, now, stateOf(context), { maxWaiting, per, records })
    if (fate === "full") {
      const message = `${maxWaiting} records of this key wait already: allow more records, or more to wait`
      throw new TooManyWaitError({ message })
    }
    return fate === "passes" ? [row] : []
  },
  onTimer: (number, context) =>
    release(Number(number), stateOf(context)).map(({ row, timestamp, watermark }) =>
      context.stamp(row, timestamp, watermark ?? -Infinity)
    )
})

type DelayContext = Context<Config, typeof uses>

const stateOf = ({ free, line, waiting, wake }: DelayContext) => ({
  free,
  line,
  waiting,
  wake: (time: number, number: number) => wake.at(time, String(number))
})

const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const schema = inputs["input"]?.schema
  const problem = limitProblem(config, schema)
  if (problem !== undefined) return { error: problem }
  if (config.maxWaiting !== undefined && config.maxWaiting < 1)
    return { error: { path: "/maxWaiting", message: "let one record wait at least" } }
  return {
    reads: { input: "*" as const },
    output: schema,
    copies: Object.fromEntries(recordFields(schema).map(({ name }) => [name, name])),
    state: { waiting: waitingSchema(schema) }
  }
}

/** What waits, as Avro, with the rows' own schema. */
const waitingSchema = (row: unknown) => ({
  type: "record",
  name: "millrace.rate_limit.Waiting",
  fields: [
    { name: "timestamp", type: "long" },
    { name: "watermark", type: ["null", "long"] },
    { name: "row", type: row }
  ]
})
