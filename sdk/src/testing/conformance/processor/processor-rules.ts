import type { Rule } from "../rule.ts"

const rule = <const Name extends string>(
  name: Name,
  text: Pick<Rule, "says" | "why" | "remedy">
): Rule & { readonly name: Name } => ({ name, kind: "processor", ...text })

/** What every processor holds to. */
export const processorRules = {
  cutAnywhere: rule("cut-anywhere", {
    says: "Cut into any batches, each with a fresh memory, the same records give the same.",
    why: "A kill may come between any two records, and batches are cut anew after it: what was kept in a variable is lost, and results differ.",
    remedy:
      "Keep what must outlive a record in `uses: { …: valueState(…) }`, not in a variable of the module."
  }),
  runTwice: rule("run-twice", {
    says: "A batch whose commit failed is run again in the same memory, and gives the same.",
    why: "What the lost run left in a variable would count twice.",
    remedy:
      "Keep counts and caches in state, which is rolled back; a cache in a variable must not change results."
  }),
  anotherTime: rule("another-time", {
    says: "What comes out does not depend on when the batch is run.",
    why: "After a kill a batch has another clock: results that show it differ from those that were lost, and a backfill gives other results than the live run.",
    remedy:
      "Take the record's event time (`context.timestamp`), or declare `clock()` where real time is what is meant."
  }),
  poisonAlone: rule("poison-alone", {
    says: "A record that fails vanishes alone: what comes of the others is what would have come without it.",
    why: "It becomes a dead letter, which is replayed later; what it left behind would count then twice, and corrupts its neighbours now.",
    remedy:
      "Keep what a record changes in state, which is rolled back with it; check a record before changing variables."
  }),
  ownErrors: rule("own-errors", {
    says: "A record is refused by an error of the plugin's own, a tagged one.",
    why: "Whoever looks at a dead letter learns from `TypeError: … of undefined` neither what is wrong with the record nor what to do.",
    remedy:
      "Handle the value, or `yield* new YourError({ message })` of `Schema.TaggedError` that says what the record must have."
  }),
  fitsOutput: rule("fits-output", {
    says: "What comes out fits the contract of the output.",
    why: "A value that does not fit is refused when it is written: its record becomes a dead letter.",
    remedy: "Correct the value, or widen the output's contract, like `Schema.NullOr(…)`."
  }),
  keysApart: rule("keys-apart", {
    says: "The records of one key give the same whichever other keys come between.",
    why: "Keys are spread over partitions and machines: what one key saw of another changes with their number.",
    remedy: "Read and write nothing but the state of the record's own key; `keyBy` says what that is."
  }),
  keyOrder: rule("key-order", {
    says: "The outputs of one key come in the order of its records.",
    why: "Whoever reads the latest value of a key would get an earlier one.",
    remedy:
      "Give outputs where their record is processed; do not hold them back in a variable for a later one."
  }),
  timersOnce: rule("timers-once", {
    says: "Every timer fires once, and gives the same, wherever batches are cut and however often one is run again.",
    why: "A window that closes twice counts twice; one that never closes loses its records.",
    remedy: "Set timers by event time (`at(time, tag)`), and keep what they need in state."
  }),
  deletes: rule("deletes", {
    says: "A record without a value (a delete) fails nothing, and is treated alike however batches are cut.",
    why: "Tables and change streams send deletes; one that fails stays for ever in what comes after.",
    remedy: "Declare `onDelete` and handle a key that was never there."
  }),
  unknownFields: rule("unknown-fields", {
    says: "A field that the plugin does not know changes nothing, and an open contract passes it on.",
    why: "Schemas grow. A new field at the source must not change what comes out here, nor get lost on the way.",
    remedy: "Take the fields that are needed by name; do not spread or count the others."
  }),
  failingCapability: rule("failing-capability", {
    says: "When a capability fails (no network, no secret, no file), the record fails with a tagged error, or the plugin copes.",
    why: "It will fail. The record has to become a dead letter that says why, and others must not suffer.",
    remedy:
      "Let the `HttpError` or `CapabilityError` pass, or catch it by its tag; look at `ok` before reading a reply."
  })
} as const
