import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type HostOutcome, startMark } from "../../capability/host-request.ts"
import type { GuestPending, GuestResult } from "../abi.ts"

/** True for a generator function. By its tag: the function may be of another realm or another copy of the SDK. */
export const isGenerator = (body: unknown): boolean =>
  typeof body === "function" && Object.prototype.toString.call(body) === "[object GeneratorFunction]"

/**
 * Steps a generator body. One that never yields answers at once, for the price of a function call; else the answer is
 * pending. Host requests go straight to the host; any other Effect runs on Effect's runtime.
 *
 * As in `Effect.gen`, a failure of what is yielded ends the body: its `finally` blocks run (and may yield), then the record
 * fails with that very error; `Effect.catch` handles one, `try … catch` does not see it.
 */
export const drive = (generator: Generator<unknown, unknown, unknown>): GuestResult => {
  const first = generator.next()
  return first.done === true ? first.value : new Drive(generator, first.value)
}

/** `drive` with the result converted; a throw in `convert` fails the call. */
export const driveInto = (result: GuestResult, convert: (value: unknown) => unknown): GuestResult =>
  result instanceof Drive ? result.into(convert) : convert(result)

type Outcome = HostOutcome<unknown>
type Step = IteratorResult<unknown, unknown>

class Drive implements GuestPending {
  readonly __millrace_pending = true
  readonly #generator: Generator<unknown, unknown, unknown>
  readonly #first: unknown
  #convert: (value: unknown) => unknown = unchanged
  #done: (value: unknown) => void = ignore
  #failed: (error: unknown) => void = ignore
  #failure: { readonly error: unknown } | undefined
  #state: "new" | "running" | "cancelled" | "ended" = "new"
  /** Counts what was begun: the answer to something that was cancelled finds another number, and is dropped. */
  #turn = 0
  #interrupt: () => void = ignore

  constructor(generator: Generator<unknown, unknown, unknown>, first: unknown) {
    this.#generator = generator
    this.#first = first
  }

  into(convert: (value: unknown) => unknown): this {
    this.#convert = convert
    return this
  }

  settle(done: (value: unknown) => void, failed: (error: unknown) => void): void {
    if (this.#state !== "new") return
    this.#state = "running"
    this.#done = done
    this.#failed = failed
    this.#run({ done: false, value: this.#first })
  }

  cancel(): void {
    if (this.#state === "ended" || this.#state === "cancelled") return
    this.#state = "cancelled"
    this.#turn++
    this.#interrupt()
    this.#run(this.#take({ error: undefined }))
  }

  /** Takes steps for as long as what is yielded ends at once; a loop, so that a long body needs no deep stack. */
  #run(from: Step | undefined): void {
    let step = from
    while (step !== undefined && step.done !== true) {
      const outcome = this.#perform(step.value)
      if (outcome === undefined) return
      step = this.#take(outcome)
    }
    if (step !== undefined) this.#end(step.value)
  }

  /** The body's next step; undefined when it threw. A failure closes it: what is left to run are its `finally` blocks. */
  #take(outcome: Outcome): Step | undefined {
    try {
      if ("value" in outcome) return this.#generator.next(outcome.value)
      this.#failure ??= outcome
      return this.#generator.return(undefined)
    } catch (error) {
      this.#fail(this.#failure === undefined ? error : this.#failure.error)
      return undefined
    }
  }

  #end(value: unknown): void {
    if (this.#failure !== undefined) {
      this.#fail(this.#failure.error)
      return
    }
    let converted: unknown
    try {
      converted = this.#convert(value)
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#finish(() => this.#done(converted))
  }

  #fail(error: unknown): void {
    this.#finish(() => this.#failed(error))
  }

  #finish(tell: () => void): void {
    const told = this.#state === "running"
    this.#state = "ended"
    if (told) tell()
  }

  /** Begins what the body yielded. Answers the outcome if it is there at once; else goes on when it comes. */
  #perform(yielded: unknown): Outcome | undefined {
    const turn = ++this.#turn
    let outcome: Outcome | undefined
    let waiting = false
    this.#interrupt = begin(yielded, (ended) => {
      if (turn !== this.#turn || outcome !== undefined) return
      outcome = ended
      if (waiting) this.#run(this.#take(ended))
    })
    waiting = true
    return outcome
  }
}

const ignore = () => {}
const unchanged = (value: unknown) => value

/** Begins an effect; answers how it is interrupted. */
const begin = (effect: unknown, ended: (outcome: Outcome) => void): (() => void) => {
  if (!Effect.isEffect(effect)) {
    ended({ error: new Error("a body yields Effects only, by yield*") })
    return ignore
  }
  const start: unknown = Reflect.get(effect, startMark)
  if (typeof start === "function") {
    start(ended)
    return ignore
  }
  return runEffect(effect, ended)
}

const runEffect = (effect: object, ended: (outcome: Outcome) => void): (() => void) => {
  if (!isClosedEffect(effect)) return ignore
  if (Exit.isExit(effect)) {
    ended(outcomeOf(effect))
    return ignore
  }
  const fiber = Effect.runFork(effect)
  const exit = fiber.pollUnsafe()
  if (exit !== undefined) {
    ended(outcomeOf(exit))
    return ignore
  }
  fiber.addObserver((later) => ended(outcomeOf(later)))
  return () => fiber.interruptUnsafe()
}

/** The types demanded that the body's effects need no service; one that does fails when it runs. */
const isClosedEffect = (effect: object): effect is Effect.Effect<unknown, unknown> => Effect.isEffect(effect)

const outcomeOf = (exit: Exit.Exit<unknown, unknown>): Outcome =>
  Exit.isSuccess(exit) ? { value: exit.value } : { error: Cause.squash(exit.cause) }
