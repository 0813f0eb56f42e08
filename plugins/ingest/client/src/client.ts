import { ContractError } from "./contract/contract-error.ts"
import { type Encode, encoderOf } from "./contract/encoder.ts"
import { BufferFullError, ClosedError } from "./errors.ts"
import { filled } from "./filled-boundary.ts"
import type { ClientOptions, Draft, LostEvent } from "./options.ts"
import { Buffer, type Waiting } from "./sending/buffer.ts"
import { Courier } from "./sending/courier.ts"
import { Sender } from "./sending/sender.ts"
import { ownSurroundings, type Surroundings } from "./surroundings.ts"

/** What was left when a client was closed. */
export interface ClosedClient {
  /** Events that were not known to be durable; each was told to `onLost`. */
  readonly unsent: number
}

/** Sends an application's events. */
export interface IngestClient<Event, Filled extends keyof Event> {
  /**
   * Takes an event to send, and answers its id at once. Throws a `ContractError` that names the field when it does not fit, a
   * `BufferFullError` when there is no room and the options say so, and a `ClosedError`. While the contract is not known, because
   * it was not given and the address has not answered yet, what does not fit is told to `onLost`.
   */
  track(event: Draft<Event, Filled>): string
  /** Waits until there is room in the buffer: how a fast producer keeps to the platform's pace. */
  room(): Promise<void>
  /** Sends what waits now, and answers when each event that was tracked before is durable, or lost. */
  flush(): Promise<void>
  /** Takes no more events, sends what waits for at most `timeoutMs` (default 10,000), and stops. */
  close(options?: { readonly timeoutMs?: number }): Promise<ClosedClient>
  /** Events that wait. */
  readonly waiting: number
}

/**
 * A client for one address. `Event` is the type of a generated contract (`import type { OrderPlaced }`); `Filled` the fields that
 * the client fills in where they are left out: the id, and the event time.
 */
export const createClient = <Event extends object, Filled extends keyof Event = Extract<"id", keyof Event>>(
  options: ClientOptions<Event>
): IngestClient<Event, Filled> => new Client<Event, Filled>(options)

const full = { why: "dropped", code: "BUFFER_FULL", pointer: "", message: "the buffer is full" } as const
const unsent = {
  why: "unsent",
  code: "CLIENT_CLOSED",
  pointer: "",
  message: "the client was closed before"
} as const

class Client<Event extends object, Filled extends keyof Event> implements IngestClient<Event, Filled> {
  readonly #options: ClientOptions<Event>
  readonly #surroundings: Surroundings
  readonly #buffer = new Buffer<Event>()
  readonly #courier: Courier<Event>
  readonly #fields: { readonly [field: string]: () => unknown }
  readonly #eventId: string
  readonly #forgetPage: () => void
  #encode: Encode | undefined
  #isClosed = false

  constructor(options: ClientOptions<Event>) {
    const { eventId = "id", eventTime, schema } = options
    const surroundings: Surroundings = { ...ownSurroundings, ...options.surroundings }
    this.#options = options
    this.#surroundings = surroundings
    this.#encode = schema === undefined ? undefined : encoderOf(schema)
    this.#eventId = eventId
    this.#fields = {
      [eventId]: surroundings.randomId,
      ...(eventTime === undefined ? {} : { [eventTime]: surroundings.now })
    }
    this.#courier = new Courier({
      buffer: this.#buffer,
      sender: new Sender(options, surroundings),
      surroundings,
      options,
      knowsContract: schema !== undefined,
      onContract: (contract) => this.#checkEarly(contract),
      onLost: (waiting, lost) => this.#lose(waiting, lost)
    })
    this.#forgetPage = surroundings.onLeave(() => this.#courier.leave())
  }

  get waiting(): number {
    return this.#buffer.size
  }

  track(event: Draft<Event, Filled>): string {
    if (this.#isClosed) throw new ClosedError()
    // Ids and times are settled now: what is sent again is then the same.
    const whole = filled<Event, Filled>(event, this.#fields)
    const waiting = this.#encode === undefined ? early(whole) : encoded(whole, this.#encode)
    if (this.#makesRoom(waiting.bytes)) {
      this.#buffer.push(waiting)
      this.#courier.nudge()
    } else this.#tell(whole, full)
    return String(Reflect.get(whole, this.#eventId))
  }

  room(): Promise<void> {
    return this.#courier.until(() => this.#isClosed || !this.#isFull(0))
  }

  async flush(): Promise<void> {
    const before = new Set(this.#buffer.all)
    this.#courier.hurry()
    await this.#courier.until(() => this.#isClosed || !this.#buffer.all.some((event) => before.has(event)))
  }

  async close({ timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {}): Promise<ClosedClient> {
    let isLate = false
    const forget = this.#surroundings.after(timeoutMs, () => {
      isLate = true
      this.#courier.changed()
    })
    this.#isClosed = true
    this.#courier.changed()
    this.#courier.hurry()
    await this.#courier.until(() => isLate || this.#buffer.size === 0)
    forget()
    this.#courier.stop()
    this.#forgetPage()
    const left = this.#buffer.all
    this.#buffer.remove(new Set(left))
    for (const { event } of left) this.#tell(event, unsent)
    return { unsent: left.length }
  }

  #isFull(bytes: number): boolean {
    const { maxBytes = 8 * 1024 * 1024, maxEvents = 10_000 } = this.#options.buffer ?? {}
    return this.#buffer.size >= maxEvents || (this.#buffer.size > 0 && this.#buffer.bytes + bytes > maxBytes)
  }

  /** False where the new event goes. */
  #makesRoom(bytes: number): boolean {
    const { whenFull = "throw" } = this.#options.buffer ?? {}
    while (this.#isFull(bytes)) {
      if (whenFull === "throw") throw new BufferFullError(this.#buffer.size)
      const { oldest } = this.#buffer
      if (whenFull === "drop-newest" || oldest === undefined) return false
      this.#lose(oldest, full)
    }
    return true
  }

  /** What was tracked before the contract was known is checked now. */
  #checkEarly(schema: unknown): void {
    const encode = encoderOf(schema)
    this.#encode = encode
    for (const waiting of this.#buffer.all) {
      try {
        waiting.text ??= JSON.stringify(encode(waiting.event))
      } catch (error) {
        if (!(error instanceof ContractError)) throw error
        const { code, message, pointer } = error
        this.#lose(waiting, { why: "rejected", code, pointer, message })
      }
    }
  }

  #lose(waiting: Waiting<Event>, lost: Omit<LostEvent<Event>, "event">): void {
    this.#buffer.remove(new Set([waiting]))
    this.#tell(waiting.event, lost)
  }

  #tell(event: Event, lost: Omit<LostEvent<Event>, "event">): void {
    this.#options.onLost?.({ event, ...lost })
  }
}

const encoded = <Event>(event: Event, encode: Encode): Waiting<Event> => {
  const text = JSON.stringify(encode(event))
  return { event, text, bytes: byteLength(text) }
}

/** A copy of its own, for the caller may change what it holds before it is checked. */
const early = <Event>(event: Event): Waiting<Event> => {
  const copy = structuredClone(event)
  const guess = JSON.stringify(copy, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value
  )
  return { event: copy, text: undefined, bytes: byteLength(guess) }
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length
