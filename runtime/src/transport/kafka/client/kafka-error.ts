import * as Schema from "effect/Schema"
import { brokerErrors } from "./broker-errors.ts"

/**
 * What a broker refused, or could not be asked. The message says who was asked for what, and never a password or token.
 * Codes of brokers are Kafka's own (its protocol guide, "Error Codes"); those below -100 are ours, for what no broker said.
 */
export class KafkaError extends Schema.TaggedError<KafkaError>()("KafkaError", {
  /** Kafka's name of it (`NOT_LEADER_OR_FOLLOWER`), or one of {@link clientErrors}. */
  kind: Schema.String,
  code: Schema.Int,
  message: Schema.String,
  /** It may go well when it is asked again, by whoever may ask it again: of a write only where it is not `indefinite`. */
  retriable: Schema.Boolean,
  /** Another has taken over the transactional id or the membership, or its coordinator has given up a transaction that was open beyond its timeout: stop, and do not go on with what was had. */
  fenced: Schema.Boolean,
  /** What a transaction holds is not known: its producer must be thrown away, and a new one initialised, before anything else. */
  indefinite: Schema.Boolean,
  /** host:port, empty where none could be asked. */
  broker: Schema.String,
  /** What was asked of it. */
  asked: Schema.String
}) {}

/** What happens on our side of the connection. */
export const clientErrors = {
  /** No connection could be made: nothing was asked. */
  CONNECTION_REFUSED: {
    code: -101,
    remedy: "Look whether the broker runs, and whether its address is right."
  },
  /** It broke, or was closed, before the answer came. */
  CONNECTION_LOST: { code: -102, remedy: "Look whether the broker runs." },
  /** No answer in time. The connection was closed, so that a late one goes to nobody. */
  NO_ANSWER: { code: -103, remedy: "Look whether the broker is overloaded, or stopped." },
  /** The broker does not know the user, the password or the token, or takes no such mechanism. */
  AUTHENTICATION_FAILED: { code: -104, remedy: "Look at the user, its secret and the mechanism." },
  /** Whoever gives tokens gives us none. */
  TOKEN_REFUSED: { code: -109, remedy: "Look at oauth: the client's id, its secret and its scope." },
  /** Whoever gives tokens cannot be asked. */
  TOKEN_UNAVAILABLE: { code: -110, remedy: "Look whether the endpoint, command or file of oauth is there." },
  /** No certificate that either side trusts, or one of them speaks TLS and the other does not. */
  TLS_FAILED: {
    code: -105,
    remedy: "Look whether the listener speaks TLS, and at the certificates and authorities."
  },
  /** The bytes of an answer are not what the protocol says. */
  MALFORMED_ANSWER: {
    code: -106,
    remedy: "Look whether the address is one of a Kafka broker's listener for clients."
  },
  /** The client was closed. */
  CLIENT_CLOSED: { code: -107, remedy: "Open another." },
  /** This release of Kafka has not what we ask by. */
  BROKER_TOO_OLD: { code: -108, remedy: "Use Kafka 3.1 or newer, and a Millrace that knows it." }
} as const

export type ClientErrorName = keyof typeof clientErrors

/** Where an error came up. */
export interface Place {
  readonly broker: string
  readonly asked: string
  /** The request changes something, so that one without an answer may have been carried out. */
  readonly isWrite: boolean
  /** What a user has to be allowed for it, as an ACL says it: `Write on topic orders`. */
  readonly needs?: string
}

/** Names by which a broker says that an ACL is missing. */
const unallowed = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"
])

/** Names by which a producer or member learns that another one has its place. */
const fencing = new Set([
  "INVALID_PRODUCER_EPOCH",
  "PRODUCER_FENCED",
  "FENCED_INSTANCE_ID",
  "TRANSACTION_COORDINATOR_FENCED",
  "FENCED_MEMBER_EPOCH"
])

/** Names after which it is open whether a write was carried out. */
const openOutcome = new Set([
  "UNKNOWN_SERVER_ERROR",
  "REQUEST_TIMED_OUT",
  "NETWORK_EXCEPTION",
  "NOT_ENOUGH_REPLICAS_AFTER_APPEND"
])

/** Names by which a broker says that it has another idea of the producer than we. */
const lostProducer = new Set([
  "OUT_OF_ORDER_SEQUENCE_NUMBER",
  "UNKNOWN_PRODUCER_ID",
  "INVALID_PRODUCER_ID_MAPPING",
  "INVALID_TXN_STATE",
  "TRANSACTION_ABORTABLE"
])

/** The error for a code that a broker answered. `said`: its own words, where it has some. */
export function brokerError(code: number, place: Place, said?: string | null): KafkaError {
  const known = brokerErrors[code]
  const name = known?.name ?? `ERROR_${code}`
  const remedy =
    place.needs !== undefined && unallowed.has(name)
      ? `Allow the user this by an ACL: ${place.needs}.`
      : known?.remedy
  const words = [said, remedy].filter((each) => each !== undefined && each !== null && each !== "")
  return new KafkaError({
    kind: name,
    code,
    message: `${place.broker} refused ${place.asked}: ${[name, ...words].join(". ")}`,
    // What arrived damaged is damaged here: a connection's own checksums are good enough.
    retriable: known?.retriable === true && !(place.isWrite && name === "CORRUPT_MESSAGE"),
    fenced: fencing.has(name),
    indefinite: lostProducer.has(name) || (place.isWrite && openOutcome.has(name)),
    broker: place.broker,
    asked: place.asked
  })
}

const passing: ReadonlySet<ClientErrorName> = new Set([
  "CONNECTION_REFUSED",
  "CONNECTION_LOST",
  "NO_ANSWER",
  "TOKEN_UNAVAILABLE"
])
/** There was no connection to ask by. */
const unasked: ReadonlySet<ClientErrorName> = new Set(["CONNECTION_REFUSED", "TOKEN_UNAVAILABLE"])

/** The error for what happened on our side. `why`: the cause's own words. */
export function clientError(name: ClientErrorName, place: Place, why: string): KafkaError {
  const { code, remedy } = clientErrors[name]
  const retriable = passing.has(name)
  return new KafkaError({
    kind: name,
    code,
    message: `${place.asked} at ${place.broker === "" ? "no broker" : place.broker}: ${why}. ${remedy}`,
    retriable,
    fenced: false,
    indefinite: place.isWrite && retriable && !unasked.has(name),
    broker: place.broker,
    asked: place.asked
  })
}
