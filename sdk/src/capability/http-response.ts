import * as Schema from "effect/Schema"
import { httpError } from "./http-error.ts"

/** A reply's headers; names in any case. */
export interface HttpHeaders {
  /** The header's value, several joined by `, `; null when there is none. */
  get(name: string): string | null
  has(name: string): boolean
  /** Lower-case names and values, in the order in which they came. */
  entries(): Iterable<readonly [name: string, value: string]>
}

/** A reply with its whole body: WHATWG's `Response`, but that the body is here already and nothing has to be awaited. */
export interface HttpResponse {
  readonly status: number
  /** The status is 200 to 299. */
  readonly ok: boolean
  /** The last one, after redirects. */
  readonly url: string
  readonly headers: HttpHeaders
  /** The body as UTF-8 text. */
  text(): string
  /** The body as JSON. Throws an `HttpError` (`BODY_INVALID`) when it is none. */
  json(): unknown
  /** The body as JSON, decoded. Throws an `HttpError` (`BODY_INVALID`) when it is none or does not fit. */
  json<S extends Schema.ConstraintDecoder<unknown>>(schema: S): S["Type"]
  bytes(): Uint8Array
}

/** Who asked, for the errors of a reply. */
export interface Asked {
  readonly handle: string
  readonly method: string
  readonly url: string
}

/** Checks the worker's answer to `request`. */
export const answerResponse =
  (asked: Asked) =>
  (result: unknown, bytes: Uint8Array | undefined): HttpResponse => {
    const { status, url, headers } = Object(result)
    if (typeof status !== "number" || typeof url !== "string") {
      throw new Error("the worker's answer has no status or url")
    }
    return new Response({ ...asked, status, url }, new Headers(headers), bytes ?? new Uint8Array())
  }

class Headers implements HttpHeaders {
  readonly #values: ReadonlyMap<string, string>
  constructor(values: unknown) {
    this.#values = new Map(
      Object.entries(Object(values)).flatMap(([name, value]): readonly (readonly [string, string])[] =>
        typeof value === "string" ? [[name.toLowerCase(), value]] : []
      )
    )
  }
  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null
  }
  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }
  entries(): Iterable<readonly [string, string]> {
    return this.#values.entries()
  }
}

class Response implements HttpResponse {
  readonly status: number
  readonly ok: boolean
  readonly url: string
  readonly headers: HttpHeaders
  readonly #asked: Asked
  readonly #bytes: Uint8Array
  constructor(reply: Asked & { readonly status: number }, headers: HttpHeaders, bytes: Uint8Array) {
    this.status = reply.status
    this.ok = reply.status >= 200 && reply.status <= 299
    this.url = reply.url
    this.headers = headers
    this.#asked = reply
    this.#bytes = bytes
  }

  text(): string {
    return new TextDecoder().decode(this.#bytes)
  }

  json(): unknown
  json<S extends Schema.ConstraintDecoder<unknown>>(schema: S): S["Type"]
  json(schema?: Schema.ConstraintDecoder<unknown>): unknown {
    try {
      const value: unknown = JSON.parse(this.text())
      return schema === undefined ? value : Schema.decodeUnknownSync(schema)(value)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw httpError({
        ...this.#asked,
        code: "BODY_INVALID",
        message: `the reply (status ${this.status}) is not what was expected: ${why}`
      })
    }
  }

  bytes(): Uint8Array {
    return this.#bytes
  }
}
