import type { Surroundings } from "../surroundings.ts"

interface SentEvent {
  readonly [field: string]: unknown
}
interface Request {
  readonly method: string
  readonly headers: { readonly [name: string]: string }
  readonly keepalive: boolean
  readonly events: readonly SentEvent[]
}

/** How a request is answered: by a status, not at all (`down`: at once; `silent`: never), or as the platform takes events. */
type Answer =
  | number
  | "down"
  | "silent"
  | "taken"
  | { readonly status: number; readonly retryAfter?: string; readonly reject?: readonly number[] }

/** A browser and a platform of a test: time passes when it is told to, and each request is answered in turn. */
export class World {
  now = 1_000
  readonly requests: Request[] = []
  /** Events of requests that were taken. */
  readonly taken: SentEvent[] = []
  /** Taken in turn; when none is left, requests are taken. */
  readonly answers: Answer[] = []
  /** A status for a body as a whole. */
  refuses: (events: readonly SentEvent[]) => number | undefined = () => undefined
  readonly #schema: unknown
  #timers: { readonly at: number; readonly run: () => void }[] = []
  #ids = 0
  #leave: () => void = () => {}

  constructor(schema: unknown) {
    this.#schema = schema
  }

  get timers(): number {
    return this.#timers.length
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.now += ms
    const due = this.#timers.filter(({ at }) => at <= this.now)
    this.#timers = this.#timers.filter(({ at }) => at > this.now)
    for (const { run } of due) run()
  }

  leave(): void {
    this.#leave()
  }

  /** Goes from timer to timer until a promise is settled. */
  async runUntil(promise: Promise<unknown>): Promise<void> {
    let isSettled = false
    const settled = promise.finally(() => (isSettled = true))
    for (let turn = 0; turn < 10_000 && !isSettled; turn++) {
      await new Promise((done) => setImmediate(done))
      const next = this.#timers.toSorted((one, other) => one.at - other.at)[0]
      if (!isSettled && next !== undefined) this.pass(next.at - this.now)
    }
    await settled
  }

  readonly surroundings: Surroundings = {
    fetch: (_url, init) => this.#answer(init),
    randomId: () => `id-${this.#ids++}`,
    random: () => 0.5,
    now: () => this.now,
    after: (ms, run) => {
      const timer = { at: this.now + ms, run }
      this.#timers.push(timer)
      return () => (this.#timers = this.#timers.filter((one) => one !== timer))
    },
    onLeave: (run) => {
      this.#leave = run
      return () => (this.#leave = () => {})
    }
  }

  #answer(init: RequestInit): Promise<Response> {
    const events: SentEvent[] = typeof init.body === "string" ? JSON.parse(init.body) : []
    const headers = Object.fromEntries(new Headers(init.headers))
    this.requests.push({ method: init.method ?? "GET", headers, keepalive: init.keepalive === true, events })
    if (init.method === "GET") return Promise.resolve(Response.json({ schema: this.#schema, eventId: "id" }))
    const answer = this.answers.shift() ?? this.refuses(events) ?? "taken"
    if (answer === "silent") return new Promise(() => {})
    if (answer === "down") return Promise.reject(new TypeError("fetch failed: mlr_secret"))
    const { reject = [], retryAfter, status } = typeof answer === "object" ? answer : plain(answer)
    if (status !== 202) return Promise.resolve(refusal(status, retryAfter))
    const results = events.map((event, index) => {
      if (reject.includes(index))
        return { status: "rejected", code: "EVENT_TIME_AHEAD", pointer: "/at", message: "ahead" }
      this.taken.push(event)
      return { status: "accepted", id: event["id"] }
    })
    return Promise.resolve(Response.json({ results }, { status: 202 }))
  }
}

const plain = (
  answer: number | "taken"
): { readonly status: number; readonly reject?: readonly number[]; readonly retryAfter?: string } => ({
  status: answer === "taken" ? 202 : answer
})

const refusal = (status: number, retryAfter: string | undefined): Response =>
  Response.json(
    { error: { code: "SOME_CODE", message: "not now" } },
    { status, headers: retryAfter === undefined ? {} : { "retry-after": retryAfter } }
  )
