import KafkajsConnection from "kafkajs/src/network/connection.js"
import makeSocketFactory from "kafkajs/src/network/socketFactory.js"
import type { KafkaClient } from "./kafka-client.ts"
import { openClient } from "./open-client.ts"
import type { KafkaClientOptions } from "./open-client.ts"
import { tlsConnection } from "./tls-connection.ts"
import { connectFailure, ConnectionTokens, WireFailure } from "./wire.ts"
import type { SaslOptions, Wire, WireConnection, WireMessage, WireOptions } from "./wire.ts"

/**
 * A client on the connections of kafkajs 2.2.4: its sockets, framing, SASL and matching of answers. Its encoders and its own
 * routing are not used, and so neither are their limits (no fencing by group, no topic ids).
 */
export const kafkajsClient = (options: KafkaClientOptions): KafkaClient => openClient(kafkajsWire, options)

const silent = {
  namespace: () => silent,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined
}

const socketFactory = makeSocketFactory()

/** SaslHandshake and SaslAuthenticate, which is all that the library itself asks here; every broker since Kafka 2.2 has them. */
const saslVersions = {
  17: { minVersion: 0, maxVersion: 1 },
  36: { minVersion: 0, maxVersion: 1 }
}

/** The library writes its own functions into what it is given. */
const saslOf = (sasl: SaslOptions, tokens: ConnectionTokens | undefined): object =>
  sasl.mechanism === "OAUTHBEARER"
    ? {
        mechanism: "oauthbearer",
        oauthBearerProvider: async () => ({ value: await tokens?.next(), extensions: sasl.extensions })
      }
    : { mechanism: sasl.mechanism, username: sasl.user, password: sasl.password }

/** Connections of kafkajs. */
export const kafkajsWire = ({ clientId, connectTimeoutMs, sasl, tls }: WireOptions): Wire => ({
  connect: async (host, port) => {
    const tokens = sasl?.mechanism === "OAUTHBEARER" ? new ConnectionTokens(sasl.token) : undefined
    const connection = new KafkajsConnection({
      host,
      port,
      clientId,
      logger: silent,
      socketFactory: (options) => socketFactory(options).setNoDelay(true),
      requestTimeout: connectTimeoutMs,
      connectionTimeout: connectTimeoutMs,
      // Who asks has a clock of his own.
      enforceRequestTimeout: false,
      ssl: tls === undefined ? null : tlsConnection(tls, host),
      sasl: sasl === undefined ? null : saslOf(sasl, tokens)
    })
    calm(connection)
    connection.setVersions(saslVersions)
    connection.setSupportAuthenticationProtocol(true)
    const letIn = async () => {
      await connection.connect()
      await connection.authenticate()
    }
    await inTime(connection, letIn, { connectTimeoutMs, tokens })
    return wireOf(connection, clientId, sasl === undefined ? undefined : { connectTimeoutMs, tokens })
  }
})

interface Clock {
  readonly connectTimeoutMs: number
  readonly tokens: ConnectionTokens | undefined
}

/**
 * The library has no clock for authentication, and waits for ever where a connection ends between two of its steps: who waits is told
 * whatever became of it.
 */
async function inTime(
  connection: KafkajsConnection,
  work: () => Promise<unknown>,
  { connectTimeoutMs, tokens }: Clock
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_done, refuse) => {
    timer = setTimeout(
      () => refuse(new WireFailure("refused", `it was not let in within ${connectTimeoutMs} ms`)),
      connectTimeoutMs
    )
  })
  try {
    await Promise.race([work(), late])
  } catch (cause) {
    destroy(connection)
    throw connectFailure(cause, tokens)
  } finally {
    clearTimeout(timer)
  }
}

/** Without this, it sets a timer of a negative time after each answer, of which Node 24 warns. */
function calm({ requestQueue }: KafkajsConnection): void {
  const check = requestQueue.scheduleCheckPendingRequests.bind(requestQueue)
  requestQueue.scheduleCheckPendingRequests = () => {
    if (requestQueue.pending.length > 0) check()
  }
}

const wireOf = (
  connection: KafkajsConnection,
  clientId: string,
  sasl: Clock | undefined
): WireConnection => ({
  isOpen: () => isOpen(connection),
  send: async (message) => {
    // A session that is about to end is renewed before the next request.
    if (sasl !== undefined && !connection.isAuthenticated())
      await inTime(connection, () => connection.authenticate(), sasl)
    return sent(connection, clientId, message)
  },
  destroy: () => destroy(connection)
})

/** It calls itself connected while it ends, and after its socket was destroyed. */
const isOpen = ({ socket }: KafkajsConnection): boolean =>
  socket !== undefined && socket.writable && !socket.readableEnded && !socket.destroyed

/** Its own way to send would copy the body twice; the queue behind it takes frames that are whole. */
function sent(connection: KafkajsConnection, clientId: string, message: WireMessage): Promise<Uint8Array> {
  const { socket } = connection
  if (socket === undefined || !isOpen(connection))
    return Promise.reject(new WireFailure("lost", "the connection was closed"))
  const correlationId = connection.nextCorrelationId()
  const header = headerOf(message, correlationId, clientId)
  return new Promise((done, refuse) => {
    connection.requestQueue.push({
      entry: {
        apiKey: message.apiKey,
        apiName: "",
        apiVersion: message.apiVersion,
        correlationId,
        resolve: ({ payload }) => done(payload),
        reject: (cause) =>
          refuse(cause instanceof WireFailure ? cause : new WireFailure("lost", "the connection was closed"))
      },
      expectResponse: true,
      requestTimeout: null,
      sendRequest: () => {
        socket.cork()
        socket.write(header)
        for (const piece of message.body) socket.write(piece)
        socket.uncork()
      }
    })
  })
}

/** Size and request header: version 2, with tagged fields, where the request is flexible, else version 1. */
function headerOf(
  { apiKey, apiVersion, body, isFlexible }: WireMessage,
  correlationId: number,
  clientId: string
): Buffer {
  const idBytes = Buffer.byteLength(clientId)
  const header = Buffer.alloc(14 + idBytes + (isFlexible ? 1 : 0))
  const bodyBytes = body.reduce((sum, piece) => sum + piece.length, 0)
  header.writeInt32BE(header.length - 4 + bodyBytes, 0)
  header.writeInt16BE(apiKey, 4)
  header.writeInt16BE(apiVersion, 6)
  header.writeInt32BE(correlationId, 8)
  header.writeInt16BE(idBytes, 12)
  header.write(clientId, 14)
  return header
}

/** Its own end waits for answers. */
function destroy(connection: KafkajsConnection): void {
  connection.rejectRequests(new WireFailure("lost", "the connection was closed"))
  connection.requestQueue.destroy()
  connection.socket?.destroy()
}
