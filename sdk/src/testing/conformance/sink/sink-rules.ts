import type { Rule } from "../rule.ts"

const rule = <const Name extends string>(
  name: Name,
  text: Pick<Rule, "says" | "why" | "remedy">
): Rule & { readonly name: Name } => ({ name, kind: "sink", ...text })

/** What every sink holds to. */
export const sinkRules = {
  writeAgain: rule("write-again", {
    says: "Killed between a write and its commit, it writes the batch again, and what stands there in the end is there once.",
    why: "Every kill may come there. A transactional sink promises exactly-once; any other must say the same again, so that the receiver can tell.",
    remedy:
      "Write at the place that `token` names, and cut off what is behind it; without a transaction make names and idempotency keys of `context.id` or `record.id`."
  }),
  commitAgain: rule("commit-again", {
    says: "A commit may be made again, by another process too, and changes nothing then.",
    why: "A kill after the commit makes the next start commit the same token again.",
    remedy:
      "Make `commit` and `recover` of steps that may be repeated: a rename that is done already is done."
  }),
  hiddenUntilCommit: rule("hidden-until-commit", {
    says: "Nothing of a batch is visible before its commit.",
    why: "A reader would see records that come again after a kill.",
    remedy: "Write under a hidden name, and rename in `commit`."
  }),
  recovers: rule("recovers", {
    says: "After `recover` there stands exactly what was committed.",
    why: "What is left of an uncommitted batch shows sooner or later, half of a record at worst.",
    remedy: "In `recover`, finish what the token names and remove what came after it."
  }),
  failingWrite: rule("failing-write", {
    says: "When a request fails, its records are written again or named as failed; no others are lost, none silently.",
    why: "A write that answers as if all were well loses the batch.",
    remedy: "Fail with a tagged error (`transient: true` where it may pass), or name the records in `failed`."
  }),
  everyRecord: rule("every-record", {
    says: "Every record of a batch leaves a trace outside.",
    why: "A record that is passed over is lost without a word.",
    remedy: "Write it, or name it in `failed` with the reason."
  }),
  keyOrder: rule("key-order", {
    says: "The records of one key go out in order, each after the one before was taken.",
    why: "Two requests at once may arrive in either order: an old value would stand over a new one.",
    remedy: "Send the records of one key one after the other, or in one request."
  }),
  answersWhenDone: rule("answers-when-done", {
    says: "A write answers when all its requests are answered, and makes at most 128 at one time.",
    why: "What is still under way at the commit is lost by a kill; thousands of requests at once bring a receiver down.",
    remedy: "Wait for all of them: `Effect.forEach(…, { concurrency: 4 })`."
  }),
  emptyBatch: rule("empty-batch", {
    says: "A batch without records is no failure, and leaves nothing behind.",
    why: "The end of input comes without records.",
    remedy: "Answer at once where there is nothing to write."
  }),
  deletes: rule("deletes", {
    says: "A record without a value (a delete) does not fail the batch.",
    why: "One delete in a stream would stop the pipeline.",
    remedy: "Handle `value: null`: delete outside, pass it over, or name it in `failed`."
  }),
  poisonAlone: rule("poison-alone", {
    says: "A record that cannot be written is named in `failed`; it does not fail the others of its batch.",
    why: "The batch would be repeated for ever, and nothing behind it is written.",
    remedy: "Catch the fault of one record, and answer `{ failed: [{ index, reason }] }`."
  }),
  interruptedWrite: rule("interrupted-write", {
    says: "A write that is broken off at any request is repeated, and what stands there in the end is there once.",
    why: "Stops, deadlines and kills come in the middle of a write.",
    remedy: "Write at the place that the token names; overwrite what a broken write left."
  })
} as const
