import { offer } from "./timers.ts"
import { UrlSearchParams } from "./url-search-params.ts"
import { parseUrl, printUrl } from "./url-parse.ts"
import type { UrlParts } from "./url-parse.ts"
import { TypeErrorOf } from "../realm/primordials.ts"

/** URL and URLSearchParams (WHATWG URL), without internationalised domain names: such a host is refused. */
export function installUrl(): void {
  offer("URL", Url)
  offer("URLSearchParams", UrlSearchParams)
}

class Url {
  #parts: UrlParts
  readonly #searchParams: UrlSearchParams

  constructor(url: unknown, base?: unknown) {
    const context = base === undefined ? undefined : parseUrl(textOf(base), undefined)
    const parsed = base !== undefined && context === undefined ? undefined : parseUrl(textOf(url), context)
    if (parsed === undefined) throw new TypeErrorOf("Invalid URL")
    this.#parts = parsed
    this.#searchParams = new UrlSearchParams(parsed.query ?? "", (text) => {
      this.#parts = { ...this.#parts, query: text === "" ? undefined : text }
    })
  }

  static canParse(url: unknown, base?: unknown): boolean {
    return Url.parse(url, base) !== null
  }

  static parse(url: unknown, base?: unknown): Url | null {
    try {
      return new Url(url, base)
    } catch {
      return null
    }
  }

  get href(): string {
    return printUrl(this.#parts)
  }

  get origin(): string {
    return this.#parts.isSpecial && this.#parts.scheme !== "file"
      ? `${this.#parts.scheme}://${this.host}`
      : "null"
  }

  get protocol(): string {
    return this.#parts.scheme + ":"
  }

  get username(): string {
    return this.#parts.username
  }

  get password(): string {
    return this.#parts.password
  }

  get host(): string {
    const { host, port } = this.#parts
    return (host ?? "") + (port === "" ? "" : ":" + port)
  }

  get hostname(): string {
    return this.#parts.host ?? ""
  }

  get port(): string {
    return this.#parts.port
  }

  get pathname(): string {
    return this.#parts.path
  }

  set pathname(path: unknown) {
    const parsed = parseUrl(
      printUrl({ ...this.#parts, path: "/", query: undefined, fragment: undefined }).replace(/\/$/, "") +
        "/" +
        String(path).replace(/^\//, "").replaceAll("?", "%3F").replaceAll("#", "%23"),
      undefined
    )
    if (parsed !== undefined) this.#parts = { ...this.#parts, path: parsed.path }
  }

  get search(): string {
    const { query } = this.#parts
    return query === undefined || query === "" ? "" : "?" + query
  }

  set search(text: unknown) {
    const query = String(text).replace(/^\?/, "")
    this.#searchParams.reset(query)
    this.#parts = {
      ...this.#parts,
      query: query === "" ? undefined : query.replaceAll(" ", "%20").replaceAll("#", "%23")
    }
  }

  get hash(): string {
    const { fragment } = this.#parts
    return fragment === undefined || fragment === "" ? "" : "#" + fragment
  }

  set hash(text: unknown) {
    const fragment = String(text).replace(/^#/, "")
    this.#parts = { ...this.#parts, fragment: fragment === "" ? undefined : fragment }
  }

  get searchParams(): UrlSearchParams {
    return this.#searchParams
  }

  toString(): string {
    return this.href
  }

  toJSON(): string {
    return this.href
  }
}

function textOf(value: unknown): string {
  return value instanceof Url ? value.href : String(value)
}
