import type { ClientOptions, LostEvent } from "../options.ts"
import type { Surroundings } from "../surroundings.ts"
import type { Buffer, Waiting } from "./buffer.ts"
import type { Sender } from "./sender.ts"

/** Browsers let pages leave 64 KiB behind (Fetch §keepalive). */
const leftBehindBytes = 60 * 1024

export interface CourierParts<Event> {
  readonly buffer: Buffer<Event>
  readonly sender: Sender
  readonly surroundings: Surroundings
  readonly options: Pick<ClientOptions<Event>, "batch" | "retry" | "onRetry">
  readonly knowsContract: boolean
  readonly onContract: (schema: unknown) => void
  readonly onLost: (waiting: Waiting<Event>, lost: Omit<LostEvent<Event>, "event">) => void
}

/**
 * Sends what is in the buffer, one request at a time and in order, again until it is answered. INVARIANT: an event leaves the
 * buffer only when it is durable or lost, so that a request whose answer was lost is made again with the same ids.
 */
export class Courier<Event> {
  readonly #parts: CourierParts<Event>
  readonly #maxEvents: number
  readonly #maxBytes: number
  readonly #maxDelayMs: number
  #knowsContract: boolean
  #isSending = false
  #isStopped = false
  #failures = 0
  /** Fewer than the most while a body that was refused is taken apart. */
  #most: number
  #forgetTimer: (() => void) | undefined
  #endPause: (() => void) | undefined
  #untils: { readonly is: () => boolean; readonly done: () => void }[] = []

  constructor(parts: CourierParts<Event>) {
    const { maxBytes = 256 * 1024, maxDelayMs = 1_000, maxEvents = 500 } = parts.options.batch ?? {}
    this.#parts = parts
    this.#maxEvents = Math.max(1, Math.min(10_000, maxEvents))
    this.#maxBytes = Math.min(4 * 1024 * 1024 - 16, maxBytes)
    this.#maxDelayMs = maxDelayMs
    this.#most = this.#maxEvents
    this.#knowsContract = parts.knowsContract
  }

  /** An event was added. */
  nudge(): void {
    const { buffer, surroundings } = this.#parts
    if (buffer.size >= this.#maxEvents || buffer.bytes >= this.#maxBytes) return this.hurry()
    if (this.#isSending || this.#forgetTimer !== undefined) return
    this.#forgetTimer = surroundings.after(this.#maxDelayMs, () => this.hurry())
  }

  /** Sends what there is now; a pause that the platform asked for is kept. */
  hurry(): void {
    this.#forgetTimer?.()
    this.#forgetTimer = undefined
    if (this.#isSending || this.#isStopped) return
    this.#isSending = true
    void this.#sendAll().finally(() => {
      this.#isSending = false
      this.changed()
    })
  }

  /** Hands to the browser what it will send after the page has gone. It stays in the buffer: the page may come back. */
  leave(): void {
    const { buffer, sender } = this.#parts
    const last = buffer.first(this.#maxEvents, leftBehindBytes).filter(({ text }) => text !== undefined)
    if (last.length > 0 && last.reduce((sum, { bytes }) => sum + bytes, 0) <= leftBehindBytes)
      sender.sendLast(bodyOf(last))
  }

  stop(): void {
    this.#isStopped = true
    this.#forgetTimer?.()
    this.#endPause?.()
  }

  /** Answers when a condition on the buffer holds. */
  until(is: () => boolean): Promise<void> {
    if (is()) return Promise.resolve()
    return new Promise((done) => this.#untils.push({ is, done }))
  }

  changed(): void {
    const ready = this.#untils.filter(({ is }) => is())
    if (ready.length === 0) return
    this.#untils = this.#untils.filter((one) => !ready.includes(one))
    for (const { done } of ready) done()
  }

  async #sendAll(): Promise<void> {
    const { buffer } = this.#parts
    while (buffer.size > 0 && !this.#isStopped) {
      if (this.#knowsContract) await this.#sendSome()
      else await this.#askContract()
      this.changed()
    }
  }

  async #askContract(): Promise<void> {
    const { onContract, sender } = this.#parts
    const answer = await sender.contract()
    if ("is" in answer) return this.#pause(answer.message, answer.afterMs)
    this.#failures = 0
    onContract(answer.schema)
    this.#knowsContract = true
  }

  async #sendSome(): Promise<void> {
    const { buffer, onLost, sender } = this.#parts
    const batch = buffer.first(this.#most, this.#maxBytes)
    const outcome = await sender.send(bodyOf(batch))
    if (outcome.is === "again") return this.#pause(outcome.message, outcome.afterMs)
    this.#failures = 0
    if (outcome.is === "refused" && batch.length > 1) {
      this.#most = Math.ceil(batch.length / 2)
      return
    }
    this.#most = this.#maxEvents
    for (const [index, waiting] of batch.entries()) {
      const rejection = outcome.is === "refused" ? outcome.rejection : outcome.rejections.get(index)
      if (rejection !== undefined) onLost(waiting, { why: "rejected", ...rejection })
    }
    buffer.remove(new Set(batch))
  }

  /** Exponential backoff with equal jitter (Brooker, "Exponential Backoff and Jitter"). */
  async #pause(message: string, afterMs: number | undefined): Promise<void> {
    const { options, surroundings } = this.#parts
    const { maxMs = 30_000, minMs = 500 } = options.retry ?? {}
    const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(this.#failures++, 30))
    const wait = Math.max(afterMs ?? 0, ceiling / 2 + (ceiling / 2) * surroundings.random())
    options.onRetry?.({ message, afterMs: wait })
    if (this.#isStopped) return
    await new Promise<void>((done) => {
      const forget = surroundings.after(wait, done)
      this.#endPause = () => {
        forget()
        done()
      }
    })
    this.#endPause = undefined
  }
}

const bodyOf = (events: readonly Waiting<unknown>[]): string =>
  `[${events.map(({ text }) => text ?? "null").join(",")}]`
