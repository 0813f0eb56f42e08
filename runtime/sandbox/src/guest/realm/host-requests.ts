import type { GuestReply } from "@millrace/sdk/guest"
import type { JsonWriter } from "./plain-text.ts"
import { readError } from "./plain-text.ts"
import {
  byteLengthOf,
  ErrorOf,
  isBytes,
  isFunction,
  makeList,
  mapDelete,
  mapGet,
  MapOf,
  mapSet,
  mapSize,
  ReflectApply,
  Uint8ArrayOf
} from "./primordials.ts"
import type { RandomOwner, RunClock } from "./run-clock.ts"

/** Requests and timers that wait for their answer at one time. */
const maxOutstanding = 1024
/** Requests in one call of a node. */
const maxRequests = 20_000
const maxPayloadLength = 4 * 1024 * 1024
const maxTimerMs = 2_147_483_647

interface Outgoing {
  readonly id: number
  readonly handle: string
  readonly operation: string
  readonly payload: string
  readonly bytes: Uint8Array | undefined
}

interface Waiting {
  readonly reply: GuestReply
  readonly owner: RandomOwner | undefined
}

/** What a guest asks of the worker: gathered here, sent when the guest has nothing more to run, answered by `reply`. */
export class HostRequests {
  private readonly clock: RunClock
  private waiting: Map<number, Waiting> = new MapOf()
  private due: Map<number, () => void> = new MapOf()
  private outgoing: Outgoing[] = makeList()
  private firstDue = 1
  private nextDue = 1
  private nextId = 1
  private sent = 0
  isOpen = false

  constructor(clock: RunClock) {
    this.clock = clock
  }

  begin(): void {
    this.isOpen = true
    this.sent = 0
  }

  /** Forgets all that is outstanding: the call is over. */
  end(): void {
    this.isOpen = false
    this.outgoing = makeList()
    this.waiting = new MapOf()
    this.due = new MapOf()
    this.firstDue = this.nextDue
  }

  /** Asks the worker. Throws when the guest has no call in hand, or asks for too much. */
  send(
    handle: string,
    operation: string,
    payload: string,
    bytes: Uint8Array | undefined,
    reply: GuestReply
  ): number {
    if (!this.isOpen) throw new ErrorOf("capabilities can be used only while records are processed")
    if (mapSize(this.waiting) >= maxOutstanding)
      throw new ErrorOf("more than 1024 host requests and timers at one time")
    if (this.sent >= maxRequests) throw new ErrorOf("more than 20000 host requests in one batch")
    const given = isBytes(bytes) ? bytes : undefined
    if (
      payload.length > maxPayloadLength ||
      (given !== undefined && byteLengthOf(given) > maxPayloadLength)
    ) {
      throw new ErrorOf("a host request of more than 4 MiB")
    }
    this.sent += 1
    const id = this.nextId++
    mapSet(this.waiting, id, { reply, owner: this.clock.owner })
    // The guest's own buffer may change later, and its methods lie: what is sent is a copy made without them.
    this.outgoing[this.outgoing.length] = {
      id,
      handle,
      operation,
      payload,
      bytes: given === undefined ? undefined : new Uint8ArrayOf(given)
    }
    return id
  }

  /** Calls back after some time; 0 is soon, without asking the worker. */
  startTimer(run: () => void, delayMs: number): number {
    if (!(delayMs > 0)) return -this.soon(run)
    const delay = delayMs > maxTimerMs ? maxTimerMs : delayMs
    return this.send("", "sleep", '{"ms":' + delay + "}", undefined, run)
  }

  stopTimer(timer: number): void {
    if (timer > 0) mapDelete(this.waiting, timer)
    else mapDelete(this.due, -timer)
  }

  private soon(run: () => void): number {
    if (this.nextDue - this.firstDue >= 100_000) throw new ErrorOf("too many immediate callbacks")
    const id = this.nextDue++
    mapSet(this.due, id, run)
    return id
  }

  get hasDue(): boolean {
    return this.firstDue < this.nextDue
  }

  /** Runs the callbacks that are due now; what they add is due the next time. Answers what they threw. */
  runDue(failed: (message: string) => void): void {
    const end = this.nextDue
    for (; this.firstDue < end; this.firstDue++) {
      const run = mapGet(this.due, this.firstDue)
      if (run === undefined) continue
      mapDelete(this.due, this.firstDue)
      guard(run, failed)
    }
  }

  get outstanding(): number {
    return mapSize(this.waiting)
  }

  /** Answers a request; one that is no more waited for is passed over. */
  answer(
    id: number,
    error: { readonly code: string; readonly message: string } | undefined,
    resultJson: string,
    bytes: Uint8Array | undefined,
    failed: (message: string) => void
  ): void {
    const waiting = mapGet(this.waiting, id)
    if (waiting === undefined) return
    mapDelete(this.waiting, id)
    this.clock.owner = waiting.owner
    guard(() => waiting.reply(error, resultJson, bytes), failed)
    this.clock.owner = undefined
  }

  /** Writes the requests not yet sent as a JSON array, and answers their bytes in order. */
  takeOutgoing(report: JsonWriter): Uint8Array[] {
    const bytes: Uint8Array[] = makeList()
    report.open("[")
    for (let i = 0; i < this.outgoing.length; i++) {
      const request = this.outgoing[i]
      report.open("{").name("id").number(request.id).name("handle").string(request.handle)
      report.name("operation").string(request.operation).name("payload").string(request.payload)
      report
        .name("bytes")
        .number(request.bytes === undefined ? -1 : bytes.length)
        .close("}")
      if (request.bytes !== undefined) bytes[bytes.length] = request.bytes
    }
    report.close("]")
    this.outgoing = makeList()
    return bytes
  }
}

function guard(run: unknown, failed: (message: string) => void): void {
  if (!isFunction(run)) return
  try {
    ReflectApply(run, undefined, [])
  } catch (error) {
    failed(readError(error).message)
  }
}
