import { Connection, Writer } from "@platformatic/kafka"
import type { KafkaClient } from "./kafka-client.ts"
import { openClient } from "./open-client.ts"
import type { KafkaClientOptions } from "./open-client.ts"
import { tlsConnection } from "./tls-connection.ts"
import { connectFailure, ConnectionTokens, WireFailure } from "./wire.ts"
import type { SaslOptions, Wire, WireConnection, WireMessage, WireOptions } from "./wire.ts"

/**
 * A client on the connections of @platformatic/kafka 2.12.1: its sockets, framing, SASL and matching of answers. Its producer
 * and consumer are not used: they make an object of each record, and its filter of aborted records lets some through.
 */
export const platformaticClient = (options: KafkaClientOptions): KafkaClient =>
  openClient(platformaticWire, options)

/** A day: who asks has a clock of his own, and the library's would leave the connection out of step. */
const noTimeoutMs = 86_400_000
const maxInflights = 1_000

const saslOf = (sasl: SaslOptions, tokens: ConnectionTokens | undefined) =>
  sasl.mechanism === "OAUTHBEARER"
    ? {
        mechanism: sasl.mechanism,
        token: tokens?.next ?? "",
        ...(sasl.extensions === undefined ? {} : { oauthBearerExtensions: { ...sasl.extensions } })
      }
    : { mechanism: sasl.mechanism, username: sasl.user, password: sasl.password }

const platformaticWire = ({ clientId, connectTimeoutMs, sasl, tls }: WireOptions): Wire => ({
  connect: async (host, port) => {
    const tokens = sasl?.mechanism === "OAUTHBEARER" ? new ConnectionTokens(sasl.token) : undefined
    const connection = new Connection(clientId, {
      connectTimeout: connectTimeoutMs,
      requestTimeout: noTimeoutMs,
      maxInflights,
      ...(tls === undefined ? {} : { tls: tlsConnection(tls, host) }),
      ...(sasl === undefined ? {} : { sasl: saslOf(sasl, tokens) })
    })
    // It ends the process where nobody listens; who waits for an answer is told by the answer.
    connection.on("error", () => undefined)
    try {
      await connection.connect(host, port)
    } catch (cause) {
      destroy(connection)
      throw connectFailure(cause, tokens)
    }
    return wireOf(connection, tokens)
  }
})

const wireOf = (connection: Connection, tokens: ConnectionTokens | undefined): WireConnection => ({
  isOpen: () => connection.status === "connected" || isRenewing(connection),
  send: (message) =>
    isRenewing(connection) ? sentLater(connection, message, tokens) : sent(connection, message),
  destroy: () => destroy(connection)
})

const isRenewing = ({ status }: Connection): boolean => status === "reauthenticating"

/** While a session is renewed the library takes requests, but the broker ends a connection where one comes in between. */
async function sentLater(
  connection: Connection,
  message: WireMessage,
  tokens: ConnectionTokens | undefined
): Promise<Uint8Array> {
  try {
    await connection.ready()
  } catch (cause) {
    destroy(connection)
    throw connectFailure(cause, tokens)
  }
  return sent(connection, message)
}

function sent(connection: Connection, message: WireMessage): Promise<Uint8Array> {
  return new Promise((done, refuse) => {
    connection.send<Uint8Array>(
      message.apiKey,
      message.apiVersion,
      () => payloadOf(message),
      (_correlationId, _apiKey, _apiVersion, reader) => reader.buffer.buffer,
      message.isFlexible,
      // The answer's header is ours to read.
      false,
      (cause, answer) => {
        if (answer === undefined || cause) refuse(new WireFailure("lost", "the connection was closed"))
        else done(answer)
      }
    )
  })
}

const payloadOf = ({ body }: WireMessage): Writer => {
  const writer = Writer.create()
  for (const piece of body) writer.append(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
  return writer
}

/** Its own end waits until all is written, for ever where the broker has stopped. */
function destroy(connection: Connection): void {
  // There is none before the first attempt to connect.
  const socket: typeof connection.socket | undefined = connection.socket
  socket?.destroy()
}
