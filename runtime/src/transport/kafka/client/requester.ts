import { brokerError, clientError } from "./kafka-error.ts"
import type { ClientErrorName, KafkaError, Place } from "./kafka-error.ts"
import type { Api } from "./protocol/api.ts"
import { allApis } from "./protocol/all-apis.ts"
import { apiVersionsApi } from "./protocol/metadata.ts"
import { MessageReader } from "./protocol/message-reader.ts"
import { MessageWriter } from "./protocol/message-writer.ts"
import { Reach } from "./reach.ts"
import { WireFailure } from "./wire.ts"
import type { Wire, WireConnection } from "./wire.ts"

export interface Address {
  readonly host: string
  readonly port: number
}

export const addressText = ({ host, port }: Address): string => `${host}:${port}`

/** What it is to be told of a request's answer. */
export interface Patience {
  /** For the answer. When it has passed, the connection is closed, since the broker may carry the request out later. */
  readonly timeoutMs: number
  /** What stands in errors: what is asked, of what. */
  readonly asked: string
}

const failureNames = {
  refused: "CONNECTION_REFUSED",
  authentication: "AUTHENTICATION_FAILED",
  tls: "TLS_FAILED",
  lost: "CONNECTION_LOST",
  closed: "CLIENT_CLOSED",
  tokenRefused: "TOKEN_REFUSED",
  tokenUnavailable: "TOKEN_UNAVAILABLE"
} as const satisfies { readonly [reason in WireFailure["reason"]]: ClientErrorName }

/**
 * Asks brokers, over connections that it keeps. A broker works on one request of a connection at a time, so that requests that
 * wait (a fetch, a join) have lanes of their own: one connection for each address and lane.
 */
export class Requester {
  readonly #wire: Wire
  readonly #connections = new Map<string, Promise<WireConnection>>()
  #isClosed = false
  readonly reach = new Reach()

  constructor(wire: Wire) {
    this.#wire = wire
  }

  /** Sends one request and reads its answer. Rejects with a KafkaError. */
  async ask<Request, Answer>(
    address: Address,
    lane: string,
    api: Api<Request, Answer>,
    request: Request,
    patience: Patience
  ): Promise<Answer> {
    const place = { broker: addressText(address), asked: patience.asked, isWrite: api.isWrite }
    return this.reach.watched(
      patience.asked,
      this.#connection(address, lane, place).then((connection) =>
        this.#exchange(connection, api, request, place, patience.timeoutMs)
      )
    )
  }

  close(): void {
    this.#isClosed = true
    for (const connection of this.#connections.values())
      connection.then(
        (open) => open.destroy(),
        () => undefined
      )
    this.#connections.clear()
  }

  async #exchange<Request, Answer>(
    connection: WireConnection,
    api: Api<Request, Answer>,
    request: Request,
    place: Place,
    timeoutMs: number
  ): Promise<Answer> {
    const writer = new MessageWriter(api.isFlexible)
    api.write(writer, request)
    const message = {
      apiKey: api.key,
      apiVersion: api.version,
      isFlexible: api.isFlexible,
      body: writer.pieces()
    }
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      connection.destroy()
    }, timeoutMs)
    try {
      const bytes = await connection.send(message)
      return decoded(api, bytes, place)
    } catch (cause) {
      throw isLate
        ? clientError("NO_ANSWER", place, `there was no answer in ${timeoutMs} ms`)
        : this.#failure(cause, place)
    } finally {
      clearTimeout(timer)
    }
  }

  #failure(cause: unknown, place: Place): unknown {
    if (!(cause instanceof WireFailure)) return cause
    if (this.#isClosed) return clientError("CLIENT_CLOSED", place, "the client was closed")
    return clientError(failureNames[cause.reason], place, cause.message)
  }

  async #connection(address: Address, lane: string, place: Place): Promise<WireConnection> {
    if (this.#isClosed) throw clientError("CLIENT_CLOSED", place, "the client was closed")
    const key = `${addressText(address)}/${lane}`
    const known = this.#connections.get(key)
    if (known !== undefined) {
      const connection = await known.catch((cause: unknown) => {
        throw this.#failure(cause, place)
      })
      if (connection.isOpen()) return connection
      // Whoever sees it first makes the next.
      if (this.#connections.get(key) === known) this.#connections.delete(key)
      return this.#connection(address, lane, place)
    }
    const opening = this.#open(address, place)
    this.#connections.set(key, opening)
    try {
      return await opening
    } catch (cause) {
      if (this.#connections.get(key) === opening) this.#connections.delete(key)
      throw this.#failure(cause, place)
    }
  }

  /** A new connection, to a broker that knows the versions that we speak. */
  async #open(address: Address, place: Place): Promise<WireConnection> {
    const connection = await this.#wire.connect(address.host, address.port)
    if (this.#isClosed) {
      connection.destroy()
      throw new WireFailure("closed", "the client was closed")
    }
    const asked = { ...place, asked: "the versions of its requests", isWrite: false }
    const answer = await this.#exchange(connection, apiVersionsApi, null, asked, versionsTimeoutMs)
    const refused = refusalOf(answer.code, asked)
    if (refused !== undefined) {
      connection.destroy()
      throw refused
    }
    const { versions } = answer
    const lacking = allApis.filter(
      ({ key, version }) =>
        !versions.some((each) => each.key === key && each.least <= version && version <= each.most)
    )
    if (lacking.length > 0) {
      connection.destroy()
      const names = lacking.map(({ name, version }) => `${name} version ${version}`).join(", ")
      throw clientError("BROKER_TOO_OLD", { ...place, isWrite: false }, `it does not know ${names}`)
    }
    return connection
  }
}

const versionsTimeoutMs = 10_000
const illegalSaslState = 34

/** A refused token shows here: the libraries take the answer that says so for the end of the handshake, which it is not. */
function refusalOf(code: number, place: Place): KafkaError | undefined {
  if (code === illegalSaslState)
    return clientError("AUTHENTICATION_FAILED", place, "the broker refused the user's proof")
  return code === 0 ? undefined : brokerError(code, place)
}

function decoded<Request, Answer>(api: Api<Request, Answer>, bytes: Uint8Array, place: Place): Answer {
  try {
    const reader = new MessageReader(bytes, api.isFlexible)
    // The header's own tagged fields.
    reader.end()
    const answer = api.read(reader)
    reader.end()
    return answer
  } catch (cause) {
    throw clientError("MALFORMED_ANSWER", place, cause instanceof Error ? cause.message : String(cause))
  }
}
