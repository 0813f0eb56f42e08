import { StoreError } from "../store-error.ts"

type Reason = StoreError["reason"]

const remedies: { readonly [R in Reason]: string } = {
  full: "Make room on the database's disk.",
  busy: "Another platform holds what this one needs; repeat it.",
  corrupt: "Restore the database from a backup.",
  newer: "Use the release that wrote this database, or a later one.",
  unavailable: "See that PostgreSQL runs and can be reached; the platform goes on as soon as it answers.",
  denied: "Check user, password and database in the address, and the user's rights.",
  standby: "Ask the platform that leads.",
  io: "See the cause in the log."
}

/** Codes of PostgreSQL (https://www.postgresql.org/docs/18/errcodes-appendix.html), whole or by their class. */
const reasons = new Map<string, Reason>([
  // Class 08, and a server that ends, starts, or has no room for another connection.
  ["08", "unavailable"],
  ["57P", "unavailable"],
  ["53300", "unavailable"],
  // A session that the server ended since its transaction stood still: a process that was stopped, or hung.
  ["25P03", "unavailable"],
  ["53100", "full"],
  ["28", "denied"],
  ["3D", "denied"],
  ["42501", "denied"],
  ["XX001", "corrupt"],
  ["XX002", "corrupt"],
  // A wait for a lock or a statement that took too long, a conflict, a deadlock.
  ["55P03", "busy"],
  ["57014", "busy"],
  ["40", "busy"]
])

/** What the driver and the operating system call a connection that is not there, is gone, or never came about. */
const broken =
  /^(?:CONNECTION_\w+|CONNECT_TIMEOUT|ECONN\w+|ENOTFOUND|EAI_\w+|EHOST\w+|ENET\w+|ETIMEDOUT|EPIPE|ENOENT|ERR_TLS\w*|ERR_SSL\w*)$/
/** A certificate that is not trusted: nothing that a retry mends. */
const untrusted = /^(?:DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO\w+|CERT_\w+|ERR_TLS_CERT\w+)$/

const codeOf = (cause: unknown): string => {
  if (typeof cause !== "object" || cause === null) return ""
  if ("code" in cause && typeof cause.code === "string") return cause.code
  // A name with several addresses, none of which answered.
  return cause instanceof AggregateError ? codeOf(cause.errors[0]) : ""
}

const reasonOf = (code: string): Reason => {
  if (untrusted.test(code)) return "denied"
  if (broken.test(code)) return "unavailable"
  return (
    reasons.get(code) ??
    reasons.get(code.slice(0, 3)) ??
    reasons.get(code.slice(0, 2)) ??
    ("io" satisfies Reason)
  )
}

/** Turns what the driver rejected with into a {@link StoreError}. */
export const toPostgresError = (
  operation: string,
  cause: unknown,
  reason: Reason = reasonOf(codeOf(cause))
): StoreError => new StoreError({ reason, operation, remedy: remedies[reason], cause })

/** True of a write that a session refused since it may only read. */
export const isReadOnly = ({ cause }: StoreError): boolean => codeOf(cause) === "25006"
