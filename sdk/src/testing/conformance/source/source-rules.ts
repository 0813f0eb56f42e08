import type { Rule } from "../rule.ts"

const rule = <const Name extends string>(
  name: Name,
  text: Pick<Rule, "says" | "why" | "remedy">
): Rule & { readonly name: Name } => ({ name, kind: "source", ...text })

/** What every source holds to. */
export const sourceRules = {
  sameAgain: rule("same-again", {
    says: "Read again from any position that it gave, with a fresh memory, it gives the same records.",
    why: "After a kill the last position is read again: other records would be lost ones, or repeated ones.",
    remedy: "Put all that a read needs into the position; keep nothing in a variable between reads."
  }),
  anyCut: rule("any-cut", {
    says: "Read one by one, or all at once, it gives the same records in the same order.",
    why: "How many records a read may give changes with load, and after each kill.",
    remedy: "Let the position stand just after the last record that was given, not after what was fetched."
  }),
  smallPosition: rule("small-position", {
    says: "A position is small, does not grow with what was read, and moves with each record.",
    why: "It is in every commit. One that stands still gives the same records for ever.",
    remedy: "Keep a place (an offset, a cursor, an id), not a list of what was seen."
  }),
  notOfTheClock: rule("not-of-the-clock", {
    says: "Records and positions of a bounded source do not depend on when it is read.",
    why: "A restart reads at another time: the position would stand for another place.",
    remedy: "Make positions of the content alone; give `timestamp` from the data."
  }),
  batchBounds: rule("batch-bounds", {
    says: "A read gives no more records than `maxRecords`, and stops at about `maxBytes`.",
    why: "That is how a slow reader holds back a fast source. More than was asked for fails the read.",
    remedy: "Stop at `context.maxRecords`, and let the position stand there."
  }),
  endStays: rule("end-stays", {
    says: "A bounded source comes to its end and stays there; an endless one never says that it has.",
    why: "After the end the node is completed and windows are closed: what comes later is lost.",
    remedy:
      'Answer `next: "end"` only where nothing can follow, and again for the position of the end; `bounded` says which it is.'
  }),
  idles: rule("idles", {
    says: "Where there is nothing for now it says `idle`; `more` means that the read got further.",
    why: "A source that says `more` and gives nothing keeps a processor busy for nothing.",
    remedy: 'Answer `next: "idle"`, with `waitMs` where the time of the next record is known.'
  }),
  eventTimes: rule("event-times", {
    says: "Event times are milliseconds since 1970, of a year between 1900 and 2200.",
    why: "Seconds or microseconds put every record into the wrong window, and one of the far future makes all others late.",
    remedy: "Multiply seconds by 1,000; divide microseconds by 1,000 and round."
  }),
  partitionsStay: rule("partitions-stay", {
    says: "The partitions are the same whenever they are asked for.",
    why: "Positions are kept by a partition's name: one that gets another name is read anew from its beginning.",
    remedy: "Name partitions by what they are, in a fixed order."
  }),
  failingRead: rule("failing-read", {
    says: "When a capability fails in a read, nothing is lost: the read fails with a tagged error, and is repeated.",
    why: "An empty answer in the place of an error moves the position past records that nobody read.",
    remedy:
      "Let `HttpError` and `CapabilityError` pass; answer records only when all that they need was read."
  }),
  interruptedRead: rule("interrupted-read", {
    says: "A read that is broken off at any request is repeated, and gives the same.",
    why: "Stops, deadlines and kills come in the middle of a read.",
    remedy:
      "Keep nothing in variables; what is taken from outside must be there again (a queue: acknowledge by the position)."
  }),
  poisonTold: rule("poison-told", {
    says: "What makes no sense outside becomes a dead letter with its text, or a tagged error; it is never passed over.",
    why: "A damaged line that is passed over is lost without a word.",
    remedy:
      "Answer it in `rejected`, with `at`, `reason` and `raw`; fail with an error of your own where one cannot go on."
  }),
  fitsOutput: rule("fits-output", {
    says: "The records that it gives fit its contract.",
    why: "One that does not becomes a dead letter without its text: nobody can mend it.",
    remedy: "Check what comes from outside, and answer in `rejected` what does not fit."
  })
} as const
