import { Contract, Schema } from "@millrace/sdk"

/** What the load's source gives: unique by (key, seq). */
export class LoadRecord extends Contract<LoadRecord>()({
  subject: "proof.load-records",
  key: "key",
  schema: Schema.Struct({
    key: Schema.Int,
    seq: Schema.Int,
    /** `guard` and `count` fail in the node of that name. */
    fate: Schema.Literals(["pass", "guard", "count"])
  })
}) {}

/** What the keyed count gives: `trail` chains the sequence numbers, so that order, loss and repetition show in it. */
export class LoadCount extends Contract<LoadCount>()({
  subject: "proof.load-counts",
  key: "key",
  schema: Schema.Struct({ key: Schema.Int, seq: Schema.Int, count: Schema.Int, trail: Schema.Int })
}) {}
