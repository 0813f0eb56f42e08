import { Contract, defineSource, Schema } from "@millrace/sdk"

/** An event that has a time of its own, at which it is given. */
export class Paced extends Contract<Paced>()({
  subject: "bench.paced",
  key: "key",
  schema: Schema.Struct({ key: Schema.String, at: Schema.Int, price: Schema.Int })
}) {}

/** What is due is given ten times a second. */
const waitMs = 100

/** When a record is due, ms since 1970. */
export const dueAt = (
  n: number,
  { perSecond, startAt }: { readonly perSecond: number; readonly startAt: number }
): number => startAt + Math.ceil(((n + 1) * 1_000) / perSecond)

/** So many records a second from a time on, each at its own by the clock; what was due meanwhile comes as fast as it is taken. */
export const paced = defineSource({
  name: "paced",
  output: Paced,
  config: Schema.Struct({ count: Schema.Int, perSecond: Schema.Int, startAt: Schema.Int }),
  position: Schema.Int,
  bounded: true,
  read: (position, { config, maxRecords, now }) => {
    const { count, perSecond, startAt } = config
    const next = position ?? 0
    const due = Math.max(0, Math.min(count, Math.floor(((now - startAt) * perSecond) / 1_000)))
    const end = Math.max(next, Math.min(due, next + maxRecords))
    const records = Array.from({ length: end - next }, (_, index) => {
      const n = next + index
      const at = dueAt(n, config)
      return { value: { key: `user-${n % 1_000}`, at, price: n % 10_007 }, timestamp: at }
    })
    return { records, position: end, next: end === count ? "end" : end < due ? "more" : "idle", waitMs }
  }
})
