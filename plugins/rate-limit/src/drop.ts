import { counter, defineProcessor, type DeriveContext, field, mapState, Schema, timers } from "@millrace/sdk"
import { limit, limitProblem } from "./config.ts"
import { admit } from "./core/stretches.ts"

const Config = Schema.Struct({
  ...limit,
  clock: Schema.optionalKey(
    Schema.Literals(["event", "processing"]).annotate({
      description: "Records are counted by when they happened (default), or by when they arrive"
    })
  )
})
type Config = typeof Config.Type

/**
 * Lets so many records of a key through in each stretch of time, and drops the others. Stretches begin at multiples of `per`
 * since 1970. By event time what passes depends on the order of a key's records alone.
 */
export const drop = defineProcessor({
  name: "drop",
  description: "Lets so many records through in a time, and drops the others.",
  config: Config,
  derive: (context) => contractOf(context),
  keyBy: field("keyBy"),
  uses: {
    /** By the stretch's number: how many passed. */
    passed: mapState(Schema.Int, Schema.Int),
    over: timers(),
    over_by_clock: timers({ clock: "processing" }),
    dropped_records: counter()
  },
  process: (row, context) => {
    const { config, now, over, over_by_clock, passed, timestamp, watermark } = context
    const isByClock = config.clock === "processing"
    const timer = isByClock ? over_by_clock : over
    const at = (time: number, stretch: number) => timer.at(time, String(stretch))
    const time = isByClock ? { time: now, watermark: -Infinity } : { time: timestamp, watermark }
    if (!admit(time, { passed, at }, config)) {
      context.dropped_records.add(1)
      return []
    }
    return [row]
  },
  onTimer: (stretch, { passed }) => {
    passed.delete(Number(stretch))
    return []
  }
})

const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const problem = limitProblem(config, inputs["input"]?.schema)
  return problem === undefined ? { reads: { input: [] }, output: "same" } : { error: problem }
}
