import { counter, defineProcessor, type DeriveContext, field, mapState, Schema, timers } from "@millrace/sdk"
import { limit, limitProblem } from "./config.ts"

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
    const { clock, per, records } = context.config
    const isByClock = clock === "processing"
    const stretch = Math.floor((isByClock ? context.now : context.timestamp) / per)
    const end = (stretch + 1) * per
    // What was counted is forgotten when its stretch is over: a record that is later would pass uncounted.
    const isOver = !isByClock && context.watermark >= end
    const passed = context.passed.get(stretch) ?? 0
    if (isOver || passed >= records) {
      context.dropped_records.add(1)
      return []
    }
    context.passed.set(stretch, passed + 1)
    if (passed === 0 && isByClock) context.over_by_clock.at(end, String(stretch))
    else if (passed === 0) context.over.at(end, String(stretch))
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
