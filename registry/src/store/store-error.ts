import * as Schema from "effect/Schema"

/**
 * The store could not do it. `reason`: `full` no room on the disk · `busy` another process holds it · `corrupt` damaged
 * or not ours · `newer` written by a later release · `unavailable` the database does not answer, or the connection broke ·
 * `denied` the database knows not who asks, or does not allow it · `standby` another platform leads, and alone may write ·
 * `io` anything else that the operating system or the database refused. `cause` is for the log alone: it may name paths.
 */
export class StoreError extends Schema.TaggedError<StoreError>()("StoreError", {
  reason: Schema.Literals(["full", "busy", "corrupt", "newer", "unavailable", "denied", "standby", "io"]),
  operation: Schema.String,
  remedy: Schema.String,
  /** Of `standby`: where the platform that leads can be reached, if that is known. */
  leader: Schema.optionalKey(Schema.String),
  cause: Schema.Defect()
}) {}

type Reason = StoreError["reason"]

const remedies: { readonly [R in Reason]: string } = {
  full: "Make room on the disk.",
  busy: "Stop the other process that uses this data folder.",
  corrupt: "Restore the data folder from a backup.",
  newer: "Use the release that wrote this data folder, or a later one.",
  unavailable: "Repeat it once the database answers.",
  denied: "Check the database's address and the rights of its user.",
  standby: "Ask the platform that leads.",
  io: "See the cause in the log."
}

// Primary result codes of SQLite (https://sqlite.org/rescode.html); the extended code's low byte.
const sqliteReasons = new Map<number, Reason>([
  [5, "busy"],
  [6, "busy"],
  [11, "corrupt"],
  [13, "full"],
  [26, "corrupt"]
])

/** SQLITE_IOERR_SHMSIZE: the index of the write-ahead log could not grow. SQLite has no better word for a full disk there. */
const cannotGrow = 4874

const reasonOf = (cause: unknown): Reason => {
  if (typeof cause !== "object" || cause === null) return "io"
  if ("errcode" in cause && typeof cause.errcode === "number")
    return cause.errcode === cannotGrow ? "full" : (sqliteReasons.get(cause.errcode & 0xff) ?? "io")
  if ("code" in cause) return cause.code === "ENOSPC" || cause.code === "EDQUOT" ? "full" : "io"
  return "io"
}

/** Turns what a driver threw into a {@link StoreError}. */
export const toStoreError = (
  operation: string,
  cause: unknown,
  reason: Reason = reasonOf(cause)
): StoreError => new StoreError({ reason, operation, remedy: remedies[reason], cause })
