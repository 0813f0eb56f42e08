/**
 * What is asked of a library: one connection to one broker that is let in (TLS, SASL, and its renewal), and that frames and
 * matches requests and answers. What they say is ours (`protocol/`), the same for every library, so that record batches
 * pass as bytes and newer versions of the protocol do not wait for a library that implements them.
 */
export interface Wire {
  /** Rejects with a {@link WireFailure}. */
  readonly connect: (host: string, port: number) => Promise<WireConnection>
}

export interface WireConnection {
  readonly isOpen: () => boolean
  /**
   * Sends a request and answers the bytes after the answer's correlation id. Requests leave in the order of the calls,
   * without waiting for answers. Rejects with a {@link WireFailure}, `lost` when the connection ends before the answer.
   */
  readonly send: (message: WireMessage) => Promise<Uint8Array>
  /** Ends it at once; what waits is rejected. */
  readonly destroy: () => void
}

export interface WireMessage {
  readonly apiKey: number
  readonly apiVersion: number
  /** The request's header has tagged fields (none, of ours). */
  readonly isFlexible: boolean
  /** The body in pieces, none of them empty, which are not to be changed before the answer. */
  readonly body: readonly Uint8Array[]
}

type FailureReason =
  | "refused"
  | "authentication"
  | "tls"
  | "lost"
  | "closed"
  | "tokenRefused"
  | "tokenUnavailable"

/** Why there is no answer: its words hold no secret. */
export class WireFailure extends Error {
  readonly reason: FailureReason
  constructor(reason: FailureReason, message: string) {
    super(message)
    this.name = "WireFailure"
    this.reason = reason
  }
}

/** How to be let in. */
export interface WireOptions {
  /** Named in the brokers' logs and quotas. */
  readonly clientId: string
  readonly connectTimeoutMs: number
  readonly tls?: TlsOptions
  readonly sasl?: SaslOptions
}

export interface TlsOptions {
  /** PEM; absent: the authorities that Node trusts. */
  readonly authority?: string
  /** Name to ask for, and that the certificate has to be for; absent: the host. */
  readonly serverName?: string
  /** PEM, of this client, for brokers that ask for one. */
  readonly key?: string
  readonly keyPassword?: string
  readonly certificate?: string
}

export type SaslOptions =
  | {
      readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512"
      readonly user: string
      readonly password: string
    }
  | {
      readonly mechanism: "OAUTHBEARER"
      /** Called at each connection, and when a session is to be renewed. */
      readonly token: () => Promise<string>
      /** KIP-342. */
      readonly extensions?: { readonly [name: string]: string }
    }

/** Why there is no token. `unavailable`: there may be one later. The words hold no secret. */
export class TokenFailure extends Error {
  readonly reason: "refused" | "unavailable"
  constructor(reason: "refused" | "unavailable", message: string) {
    super(message)
    this.name = "TokenFailure"
    this.reason = reason
  }
}

/** Tokens of one connection, for a library, which tells in its own words where there is none. */
export class ConnectionTokens {
  readonly #token: () => Promise<string>
  #failure: TokenFailure | undefined

  constructor(token: () => Promise<string>) {
    this.#token = token
  }

  readonly next = async (): Promise<string> => {
    this.#failure = undefined
    try {
      return await this.#token()
    } catch (cause) {
      this.#failure = cause instanceof TokenFailure ? cause : new TokenFailure("unavailable", String(cause))
      throw cause
    }
  }

  /** Why the last was none. */
  get failure(): TokenFailure | undefined {
    return this.#failure
  }
}

/** Which failure an error of the socket or of a library's handshake is. */
export function connectFailure(cause: unknown, tokens?: ConnectionTokens): WireFailure {
  if (cause instanceof WireFailure) return cause
  if (tokens?.failure !== undefined) {
    const { message, reason } = tokens.failure
    return new WireFailure(reason === "refused" ? "tokenRefused" : "tokenUnavailable", message)
  }
  const texts = causesOf(cause).map((each) => each.message)
  const codes = causesOf(cause).map((each) => ("code" in each ? String(each.code) : ""))
  const all = [...texts, ...codes].join(" ")
  const message = texts.at(-1) ?? "it failed"
  if (/SASL|authenticat/i.test(all)) return new WireFailure("authentication", authenticationWords(all))
  if (/TLS|SSL|certificate|CERT_/i.test(all)) return new WireFailure("tls", message)
  return new WireFailure("refused", message)
}

/** A library's words may repeat what was sent; ours say which half of it failed. */
const authenticationWords = (all: string): string =>
  /mechanism[^.]*not supported|suitable SASL mechanism|UNSUPPORTED_SASL/i.test(all)
    ? "the broker takes no such SASL mechanism"
    : "the broker refused the user's proof"

/** An error and its causes, the innermost last. */
const causesOf = (cause: unknown): readonly Error[] => {
  if (!(cause instanceof Error)) return []
  const inner = cause instanceof AggregateError ? cause.errors.flatMap(causesOf) : []
  return [cause, ...inner, ...causesOf(cause.cause)]
}
