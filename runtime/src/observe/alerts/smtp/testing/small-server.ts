import { createServer, type Server, type Socket } from "node:net"
import { createSecureContext, TLSSocket } from "node:tls"

/** What a small SMTP server was told in one conversation. */
export interface Conversation {
  /** Commands in their order; `AUTH` without what follows it. */
  readonly commands: string[]
  /** Name and password, once given. */
  credentials?: string
  /** True once it is spoken over TLS. */
  secure: boolean
  from?: string
  readonly to: string[]
  /** The mail as it came, dots undone. */
  text?: string
}

export interface SmallServerOptions {
  /** A key and its certificate; without one there is no STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Replies in the place of those that a command would get, by its first word. */
  readonly replies?: { readonly [command: string]: string }
  /** Says nothing at all. */
  readonly silent?: boolean
}

export interface SmallServer {
  readonly port: number
  readonly conversations: readonly Conversation[]
  readonly close: () => Promise<void>
}

/** An SMTP server that takes everything (RFC 5321), for tests. */
export const smallServer = async (options: SmallServerOptions = {}): Promise<SmallServer> => {
  const conversations: Conversation[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
    const conversation: Conversation = { commands: [], secure: false, to: [] }
    conversations.push(conversation)
    if (options.silent !== true) new Dialogue(socket, conversation, options).begin()
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const address = server.address()
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    conversations,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => done())
      })
  }
}

class Dialogue {
  readonly #conversation: Conversation
  readonly #options: SmallServerOptions
  #socket: Socket
  #received = ""
  #isData = false

  constructor(socket: Socket, conversation: Conversation, options: SmallServerOptions) {
    this.#socket = socket
    this.#conversation = conversation
    this.#options = options
  }

  begin(): void {
    this.#listen()
    this.#say("220-small.example\r\n220 ready")
  }

  #listen(): void {
    this.#socket
      .setEncoding("utf8")
      .on("error", () => undefined)
      .on("data", (text: string) => {
        this.#received += text
        this.#take()
      })
  }

  #say(line: string): void {
    // In two pieces: a reply may come in any.
    this.#socket.write(line.slice(0, 2))
    this.#socket.write(`${line.slice(2)}\r\n`)
  }

  #take(): void {
    for (;;) {
      const end = this.#received.indexOf(this.#isData ? "\r\n.\r\n" : "\r\n")
      if (end === -1) return
      const piece = this.#received.slice(0, end)
      this.#received = this.#received.slice(end + (this.#isData ? 5 : 2))
      if (this.#isData) this.#takeText(piece)
      else this.#takeCommand(piece)
    }
  }

  #takeText(text: string): void {
    this.#isData = false
    this.#conversation.text = text.replaceAll(/^\.\./gm, ".")
    this.#say("250 taken")
  }

  #takeCommand(line: string): void {
    const [word = "", ...rest] = line.split(" ")
    this.#conversation.commands.push(word === "AUTH" ? `AUTH ${rest[0]}` : line)
    const reply = this.#options.replies?.[word]
    if (reply !== undefined) return this.#say(reply)
    if (word === "EHLO") return this.#greet()
    if (word === "STARTTLS") return this.#secure()
    if (word === "AUTH") {
      this.#conversation.credentials = Buffer.from(rest[1] ?? "", "base64").toString("utf8")
      return this.#say("235 welcome")
    }
    if (word === "MAIL") this.#conversation.from = line.slice("MAIL FROM:".length)
    if (word === "RCPT") this.#conversation.to.push(line.slice("RCPT TO:".length))
    if (word === "DATA") {
      this.#isData = true
      return this.#say("354 go on")
    }
    return this.#say(word === "QUIT" ? "221 bye" : "250 fine")
  }

  #greet(): void {
    const offers = this.#conversation.secure ? ["AUTH LOGIN PLAIN"] : this.#options.tls ? ["STARTTLS"] : []
    const lines = ["small.example", ...offers, "SIZE 1000000"]
    this.#say(lines.map((line, index) => `250${index === lines.length - 1 ? " " : "-"}${line}`).join("\r\n"))
  }

  #secure(): void {
    const { tls } = this.#options
    if (tls === undefined) return this.#say("502 no such command")
    this.#say("220 begin")
    this.#socket.removeAllListeners("data")
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext: createSecureContext(tls) })
    this.#conversation.secure = true
    this.#listen()
    return undefined
  }
}
