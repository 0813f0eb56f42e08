import type { ClientOptions } from "../options.ts"
import type { Surroundings } from "../surroundings.ts"
import { member, type Outcome, outcomeOf } from "./outcome.ts"

/** Sends requests to one address. Knows neither events nor when to send. */
export class Sender {
  readonly #url: string
  readonly #token: ClientOptions<unknown>["token"]
  readonly #timeoutMs: number
  readonly #surroundings: Surroundings

  constructor(
    options: Pick<ClientOptions<unknown>, "url" | "token" | "timeoutMs">,
    surroundings: Surroundings
  ) {
    this.#url = options.url
    this.#token = options.token
    this.#timeoutMs = options.timeoutMs ?? 30_000
    this.#surroundings = surroundings
  }

  /** Sends a JSON array. A request that got no answer may have arrived: it is to be sent again, and does no harm. */
  async send(body: string): Promise<Outcome> {
    try {
      return await outcomeOf(await this.#fetch("POST", body, false))
    } catch (error) {
      return { is: "again", message: nameOf(error), afterMs: undefined }
    }
  }

  /** Hands a request to the browser, which sends it after the page has gone; at most 64 KiB at one time. */
  sendLast(body: string): void {
    this.#fetch("POST", body, true).catch(() => undefined)
  }

  /** The contract that the address checks by: an Avro schema in JSON form. */
  async contract(): Promise<{ readonly schema: unknown } | Extract<Outcome, { readonly is: "again" }>> {
    try {
      const reply = await this.#fetch("GET", undefined, false)
      const body: unknown = await reply
        .clone()
        .json()
        .catch(() => undefined)
      const schema = member(body, "schema")
      if (reply.ok && schema !== undefined) return { schema }
      const outcome = await outcomeOf(reply)
      return outcome.is === "again" ? outcome : again(`the address answered ${reply.status}`)
    } catch (error) {
      return again(nameOf(error))
    }
  }

  /** No header but the token's says who sends; cookies are left out. */
  async #fetch(method: "GET" | "POST", body: string | undefined, keepalive: boolean): Promise<Response> {
    const token = typeof this.#token === "string" ? this.#token : await this.#token()
    return this.#surroundings.fetch(this.#url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" })
      },
      ...(body === undefined ? {} : { body }),
      keepalive,
      credentials: "omit",
      redirect: "error",
      ...(keepalive ? {} : { signal: AbortSignal.timeout(this.#timeoutMs) })
    })
  }
}

const again = (message: string) => ({ is: "again", message, afterMs: undefined }) as const

/** Names alone: a message might quote what was sent. */
const nameOf = (error: unknown): string =>
  error instanceof Error && error.name === "TimeoutError"
    ? "no answer came in time"
    : "the address could not be reached"
