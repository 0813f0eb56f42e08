import { Contract, defineProcessor, defineSource, Schema, valueState } from "@millrace/sdk"

export class Visit extends Contract<Visit>()({
  subject: "bench.visits",
  key: "user",
  schema: Schema.Struct({ user: Schema.String, n: Schema.Int })
}) {}

const stride = 7_368_787
/** Records of a call while users come for the first time. */
const batch = 5_000
/** After that: so many records every so many ms. */
const steady = { records: 1_000, waitMs: 50 } as const

/** Visits without end: as fast as they are taken until every user has come once, then 20,000 a second. */
export const visits = defineSource({
  name: "visits",
  output: Visit,
  config: Schema.Struct({ users: Schema.Int }),
  position: Schema.Int,
  read: (position, { config }) => {
    const from = position ?? 0
    const isFirstRound = from < config.users
    const to = from + (isFirstRound ? batch : steady.records)
    const records = Array.from({ length: to - from }, (_, index) => {
      const n = from + index
      return { value: { user: `user-${(n * stride) % config.users}`, n } }
    })
    return isFirstRound
      ? { records, position: to, next: "more" }
      : { records, position: to, next: "idle", waitMs: steady.waitMs }
  }
})

export class Seen extends Contract<Seen>()({
  subject: "bench.seen",
  key: "user",
  schema: Schema.Struct({ user: Schema.String, n: Schema.Int, times: Schema.Int })
}) {}

/** Of a user's value, so that a million of them are a gigabyte. */
export const noteBytes = 1_000

const User = Schema.Struct({ times: Schema.Int, note: Schema.String })

/** Counts visits by user, and keeps a note of each; says every fiftieth visit. */
export const seen = defineProcessor({
  name: "seen",
  input: Visit,
  output: Seen,
  keyBy: "user",
  uses: { users: valueState(User) },
  process: ({ n, user }, { users }) => {
    const times = (users.get()?.times ?? 0) + 1
    users.set({ times, note: `visit ${times} of ${user}`.padEnd(noteBytes) })
    return n % 50 === 0 ? [Seen.make({ user, n, times })] : []
  }
})
