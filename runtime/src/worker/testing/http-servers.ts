import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from "node:net"
import type { HostReply, HostRequestError } from "@millrace/sandbox"
import type { Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { hostRequests } from "../handlers/host-requests.ts"
import { httpDriver } from "../handlers/http/http-driver.ts"
import { Refusals } from "../handlers/refusals.ts"
import { nodePlan } from "./scripted-plan.ts"

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown
export type Asked = HostReply | HostRequestError

/** How a request differs from one of the handle `api`. */
export interface Through {
  readonly handle?: string
  readonly operation?: string
  readonly bytes?: Uint8Array
}

const secrets: { readonly [name: string]: string } = { TOKEN: "a-secret-token", SIGN: "a-signing-key" }
const variables: { readonly [name: string]: string } = {
  APP_HOME: "/srv",
  APP_HOME_SECRET: "no",
  MILLRACE_SECRET_KEY: "no"
}

/** The worker's request handlers of one node, with an HTTP server and one that speaks none to ask. */
export class HttpServers {
  answer: Answer = (_request, response) => response.end()
  /** What the other server writes on a connection. */
  speak: (socket: Socket) => unknown = (socket) => socket.destroy()
  private readonly driver = httpDriver()
  private readonly callers = new Set<Socket>()
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => this.answer(request, response, Buffer.concat(chunks).toString()))
  })
  private readonly rude = createTcpServer((socket) => {
    this.callers.add(socket)
    socket.on("error", () => undefined)
    this.speak(socket)
  })

  async open(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done))
    await new Promise<void>((done) => this.rude.listen(0, "127.0.0.1", done))
  }

  async close(): Promise<void> {
    await this.driver.destroy()
    this.server.closeAllConnections()
    await new Promise((done) => this.server.close(done))
    for (const socket of this.callers) socket.destroy()
    await new Promise((done) => this.rude.close(done))
  }

  get origin(): string {
    return `http://127.0.0.1:${portOf(this.server)}`
  }
  get rudeOrigin(): string {
    return `http://127.0.0.1:${portOf(this.rude)}`
  }

  /** Handlers of a node that may ask both servers, and use `TOKEN` towards the first. */
  serve(): ReturnType<typeof hostRequests> {
    const grants: readonly Permission[] = [
      { kind: "net", host: "127.0.0.1", port: portOf(this.server) },
      { kind: "net", host: "127.0.0.1", port: portOf(this.rude) },
      { kind: "secret", name: "TOKEN", mode: "inject", destination: this.origin },
      { kind: "secret", name: "UNSET", mode: "inject", destination: this.origin }
    ]
    const node = {
      ...nodePlan("n", "p", "processor"),
      permissions: [
        ...grants.map((permission) => ({ handle: "api", permission })),
        { handle: "seen", permission: { kind: "secret", name: "TOKEN", mode: "reveal" } },
        { handle: "home", permission: { kind: "env", name: "APP_HOME" } },
        { handle: "own", permission: { kind: "env", name: "MILLRACE_SECRET_KEY" } }
      ]
    } as const
    return hostRequests("pipe", [node], {
      driver: this.driver,
      slots: Semaphore.makeUnsafe(64),
      secrets: { value: (name) => Effect.succeed(secrets[name]) },
      variable: (name) => variables[name],
      refusals: new Refusals()
    })
  }

  payload(more: object = {}): object {
    return {
      method: "GET",
      url: `${this.origin}/`,
      headers: {},
      timeoutMs: 5_000,
      maxBytes: 100_000,
      retry: { attempts: 1, delayMs: 0, statuses: [] },
      auth: null,
      sign: null,
      ...more
    }
  }

  ask(payload: unknown, { handle = "api", operation = "request", bytes }: Through = {}): Promise<Asked> {
    return Effect.runPromise(
      Effect.match(this.serve()({ node: "n", handle, operation, payload, bytes }), {
        onSuccess: (reply): Asked => reply,
        onFailure: (error): Asked => error
      })
    )
  }

  async codeOf(payload: unknown, through: Through = {}): Promise<string> {
    const found = await this.ask(payload, through)
    return "code" in found ? found.code : "ANSWERED"
  }
}

const portOf = (server: Server | TcpServer): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

/** A reply's body; code and text of what got none. */
export const textOf = (found: Asked): string =>
  "code" in found ? `${found.code}: ${found.message}` : Buffer.from(found.bytes ?? []).toString()
