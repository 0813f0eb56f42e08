/** An answer with its whole body; `url` is the last one after redirects. */
export interface HttpResponse {
  readonly status: number
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly bytes: Uint8Array
  /** The body as UTF-8 text. */
  text(): string
  /** The body as JSON; check it with a Schema. Throws when it is none. */
  json(): unknown
}

/** Checks the worker's answer to `request`. */
export const answerResponse = (result: unknown, bytes: Uint8Array | undefined): HttpResponse => {
  const { status, url, headers } = Object(result)
  if (typeof status !== "number" || typeof url !== "string") {
    throw new Error("the worker's answer has no status or url")
  }
  const body = bytes ?? new Uint8Array()
  const text = () => new TextDecoder().decode(body)
  return { status, url, headers: headersOf(headers), bytes: body, text, json: () => JSON.parse(text()) }
}

const headersOf = (value: unknown): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(Object(value)).flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : []))
  )
