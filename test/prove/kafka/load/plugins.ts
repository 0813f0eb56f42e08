import { Contract, defineProcessor, defineSource, Schema, valueState } from "@millrace/sdk"
import { foldedWith, groupOf, nothingFolded, summed, weightOf } from "./events.ts"

export class ProofEvent extends Contract<ProofEvent>()({
  subject: "proof.events",
  key: "key",
  schema: Schema.Struct({
    key: Schema.String,
    seq: Schema.Int,
    fate: Schema.Literals(["pass", "fold"]),
    payload: Schema.String
  })
}) {}

export class Folded extends Contract<Folded>()({
  subject: "proof.folded",
  key: "key",
  schema: Schema.Struct({
    key: Schema.String,
    group: Schema.String,
    seq: Schema.Int,
    count: Schema.Int,
    trail: Schema.Int
  })
}) {}

export class Summed extends Contract<Summed>()({
  subject: "proof.summed",
  key: "group",
  schema: Schema.Struct({
    key: Schema.String,
    group: Schema.String,
    seq: Schema.Int,
    count: Schema.Int,
    trail: Schema.Int,
    /** Which record of its group it is, from 1. */
    n: Schema.Int,
    sum: Schema.Int
  })
}) {}

export class Poison extends Schema.TaggedError<Poison>()("Poison", { message: Schema.String }) {}

/** Gives nothing: its stream is there for others to write to. */
export const silent = defineSource({
  name: "silent",
  output: ProofEvent,
  bounded: false,
  position: Schema.Int,
  read: (position) => ({ records: [], position: position ?? 0, next: "idle", waitMs: 1_000 })
})

const Fold = Schema.Struct({ count: Schema.Int, trail: Schema.Int })

/** Folds by key; fails on some records after it has set its state, which must then be as before. */
export const fold = defineProcessor({
  name: "fold",
  input: ProofEvent,
  output: Folded,
  keyBy: ["key"],
  uses: { folded: valueState(Fold, { initial: nothingFolded }) },
  process: ({ fate, key, payload, seq }, { folded }) => {
    const next = foldedWith(folded.get(), { payload, seq })
    folded.set(next)
    if (fate === "fold") throw new Poison({ message: `${key}:${seq}` })
    return [Folded.make({ key, group: groupOf(key), seq, ...next })]
  }
})

const Sum = Schema.Struct({ n: Schema.Int, sum: Schema.Int })

/** Counts and sums by group, in whatever order its keys come. */
export const sum = defineProcessor({
  name: "sum",
  input: Folded,
  output: Summed,
  keyBy: ["group"],
  uses: { summed: valueState(Sum, { initial: { n: 0, sum: 0 } }) },
  map: ({ count, group, key, seq, trail }, { summed: state }) => {
    const last = state.get()
    const next = { n: last.n + 1, sum: summed(last.sum, weightOf(key, { count, trail })) }
    state.set(next)
    return Summed.make({ key, group, seq, count, trail, ...next })
  }
})
