import { Contract, defineProcessor, defineSource, Schema, valueState } from "@millrace/sdk"

export class Visit extends Contract<Visit>()({
  subject: "prove.visits",
  key: "user",
  schema: Schema.Struct({ user: Schema.String, n: Schema.Int })
}) {}

/** Every tenth visit is of a guest, who never comes again; the others go round the users, in an order that is not theirs. */
const guestEvery = 10
const stride = 7_368_787
/** Records of a call. */
const batch = 5_000
/** After the first round: so many records every so many ms. */
const steady = { records: 1_000, waitMs: 50 } as const

/** Visits without end: as fast as they are taken until every user has come once, then 20,000 a second. */
export const visits = defineSource({
  name: "visits",
  output: Visit,
  config: Schema.Struct({ users: Schema.Int }),
  position: Schema.Int,
  read: (position, { config }) => {
    const from = position ?? 0
    const isFirstRound = from < (config.users * guestEvery) / (guestEvery - 1)
    const to = from + (isFirstRound ? batch : steady.records)
    const records = Array.from({ length: to - from }, (_, index) => {
      const n = from + index
      const isGuest = n % guestEvery === 0
      return { value: { user: isGuest ? `guest-${n}` : `user-${userAt(n, config.users)}`, n } }
    })
    return isFirstRound
      ? { records, position: to, next: "more" }
      : { records, position: to, next: "idle", waitMs: steady.waitMs }
  }
})

const userAt = (n: number, users: number): number => ((n - Math.floor(n / guestEvery) - 1) * stride) % users

export class Seen extends Contract<Seen>()({
  subject: "prove.seen",
  key: "user",
  schema: Schema.Struct({ user: Schema.String, n: Schema.Int, times: Schema.Int })
}) {}

const User = Schema.Struct({ times: Schema.Int, first: Schema.Int, last: Schema.Int, note: Schema.String })

/** What is kept of a user is kept for an hour after the last visit, of a guest for a few seconds. Says every thousandth visit. */
export const seen = defineProcessor({
  name: "seen",
  input: Visit,
  output: Seen,
  keyBy: "user",
  uses: {
    users: valueState(User, { ttlMs: 3_600_000 }),
    guests: valueState(Schema.Int, { ttlMs: 5_000 })
  },
  process: ({ n, user }, { guests, users }) => {
    if (user.startsWith("guest")) {
      guests.set(n)
      return []
    }
    const known = users.get()
    const times = (known?.times ?? 0) + 1
    users.set({ times, first: known?.first ?? n, last: n, note: `visit ${times} of ${user}`.padEnd(48) })
    return n % 1_000 === 1 ? [Seen.make({ user, n, times })] : []
  }
})
