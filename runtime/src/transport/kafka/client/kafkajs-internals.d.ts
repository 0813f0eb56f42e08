// What we use of kafkajs 2.2.4 below its API, which has no types of its own; the package is at rest, and pinned.

declare module "kafkajs/src/network/connection.js" {
  import type { Socket } from "node:net"
  import type { ConnectionOptions } from "node:tls"

  interface Logger {
    readonly namespace: () => Logger
    readonly debug: () => void
    readonly info: () => void
    readonly warn: () => void
    readonly error: () => void
  }

  interface RequestQueue {
    readonly pending: readonly unknown[]
    readonly push: (request: {
      readonly entry: {
        readonly apiKey: number
        readonly apiName: string
        readonly apiVersion: number
        readonly correlationId: number
        readonly resolve: (answer: { readonly payload: Buffer }) => void
        readonly reject: (cause: unknown) => void
      }
      readonly expectResponse: boolean
      readonly requestTimeout: number | null
      readonly sendRequest: () => void
    }) => void
    readonly destroy: () => void
    scheduleCheckPendingRequests: () => void
  }

  class Connection {
    constructor(options: {
      readonly host: string
      readonly port: number
      readonly clientId: string
      readonly logger: Logger
      readonly socketFactory: (options: {
        readonly host: string
        readonly port: number
        readonly ssl: ConnectionOptions | null
        readonly onConnect: () => void
      }) => Socket
      readonly requestTimeout: number
      readonly connectionTimeout: number
      readonly enforceRequestTimeout: boolean
      readonly ssl: ConnectionOptions | null
      readonly sasl: object | null
    })
    readonly requestQueue: RequestQueue
    readonly socket: Socket | undefined
    readonly connect: () => Promise<unknown>
    readonly authenticate: () => Promise<void>
    readonly isAuthenticated: () => boolean
    readonly isConnected: () => boolean
    readonly nextCorrelationId: () => number
    readonly rejectRequests: (cause: Error) => void
    readonly setVersions: (versions: {
      readonly [apiKey: number]: { readonly minVersion: number; readonly maxVersion: number }
    }) => void
    readonly setSupportAuthenticationProtocol: (isSupported: boolean) => void
  }
  export = Connection
}

declare module "kafkajs/src/network/socketFactory.js" {
  import type { Socket } from "node:net"
  import type { ConnectionOptions } from "node:tls"
  const makeSocketFactory: () => (options: {
    readonly host: string
    readonly port: number
    readonly ssl: ConnectionOptions | null
    readonly onConnect: () => void
  }) => Socket
  export = makeSocketFactory
}
