import { connect as connectPlain, isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { SmtpError } from "./smtp-error.ts"

/** A server's answer to one command. */
export interface Reply {
  readonly code: number
  readonly lines: readonly string[]
}

/** Most characters that a server may answer at once: no server needs more, and one that sends for ever fills nothing. */
const maxReply = 64 * 1024

/** One connection: a command, then its reply. Every method rejects with an {@link SmtpError}; a connection that failed is closed. */
export class SmtpConnection {
  readonly #host: string
  readonly #timeoutMs: number
  #socket: Socket
  #received = ""
  #failure: SmtpError | undefined
  #wake: () => void = () => undefined

  private constructor(socket: Socket, host: string, timeoutMs: number) {
    this.#socket = socket
    this.#host = host
    this.#timeoutMs = timeoutMs
    this.#listen(socket)
  }

  /** Connects, and waits for the greeting. */
  static async open(
    { host, port, tls }: { readonly host: string; readonly port: number; readonly tls: boolean },
    timeoutMs: number
  ): Promise<SmtpConnection> {
    const socket = tls
      ? connectTls({ host, port, ...serverName(host), timeout: timeoutMs })
      : connectPlain({ host, port, timeout: timeoutMs })
    const connection = new SmtpConnection(socket, host, timeoutMs)
    await connection.#expect("connect", [220])
    return connection
  }

  /** Sends one command and waits for a reply of one of these codes. `shown` is what errors call it. */
  async command(shown: string, line: string, codes: readonly number[]): Promise<Reply> {
    this.#socket.write(`${line}\r\n`)
    return this.#expect(shown, codes)
  }

  /** Goes on over TLS, with the server's certificate checked against its name. */
  async secure(): Promise<void> {
    // What came in the clear is not part of what follows (RFC 3207, and its injection of commands).
    this.#received = ""
    this.#socket.removeAllListeners()
    const secured = connectTls({
      socket: this.#socket,
      // Without it the certificate of an address would be held against the name localhost.
      host: this.#host,
      ...serverName(this.#host),
      timeout: this.#timeoutMs
    })
    this.#socket = secured
    this.#listen(secured)
    await new Promise<void>((done, refuse) => {
      secured.once("secureConnect", done)
      secured.once("close", () => refuse(this.#failure ?? lost("STARTTLS")))
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #listen(socket: Socket): void {
    socket
      .setEncoding("utf8")
      .on("data", (text: string) => {
        this.#received += text
        if (this.#received.length > maxReply) this.#fail("the reply is too long")
        this.#wake()
      })
      .on("timeout", () => this.#fail(`no reply within ${this.#timeoutMs / 1_000} s`))
      .on("error", (error: Error) => this.#fail(error.message))
      .on("close", () => this.#fail("the connection was closed"))
  }

  #fail(reply: string): void {
    this.#failure ??= new SmtpError({ stage: "connect", reply, permanent: false })
    this.#socket.destroy()
    this.#wake()
  }

  async #expect(stage: string, codes: readonly number[]): Promise<Reply> {
    const reply = await this.#reply(stage)
    if (codes.includes(reply.code)) return reply
    throw new SmtpError({
      stage,
      reply: `${reply.code} ${reply.lines.join(" ")}`,
      permanent: reply.code >= 500
    })
  }

  async #reply(stage: string): Promise<Reply> {
    for (;;) {
      const reply = this.#taken()
      if (reply !== undefined) return reply
      if (this.#failure !== undefined)
        throw new SmtpError({ stage, reply: this.#failure.reply, permanent: false })
      await new Promise<void>((done) => (this.#wake = done))
    }
  }

  /** Lines `250-text` up to one `250 text`; undefined until the last is there. */
  #taken(): Reply | undefined {
    const whole = /^(?:\d{3}-[^\r\n]*\r?\n)*(\d{3})(?: [^\r\n]*)?\r?\n/.exec(this.#received)
    if (whole === null) return undefined
    this.#received = this.#received.slice(whole[0].length)
    const lines = whole[0]
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.slice(4))
    return { code: Number(whole[1]), lines }
  }
}

/** An address has no name that a certificate could be asked for by. */
const serverName = (host: string): { readonly servername?: string } =>
  isIP(host) === 0 ? { servername: host } : {}

const lost = (stage: string): SmtpError =>
  new SmtpError({ stage, reply: "the connection was closed", permanent: false })
