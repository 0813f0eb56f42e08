import { decodeUtf8, encodeUtf8 } from "@millrace/sdk/record"
import { TypeErrorOf, Uint8ArrayOf } from "../realm/primordials.ts"

/** `application/x-www-form-urlencoded` pairs (WHATWG URL §5). */
export class UrlSearchParams {
  #pairs: (readonly [string, string])[] = []
  readonly #changed: ((text: string) => void) | undefined

  constructor(init?: unknown, changed?: (text: string) => void) {
    this.#changed = changed
    if (typeof init === "string") this.#pairs = parsePairs(init.startsWith("?") ? init.slice(1) : init)
    else if (typeof init === "object" && init !== null) this.#pairs = pairsOf(init)
  }

  /** For the URL that it belongs to. */
  reset(text: string): void {
    this.#pairs = parsePairs(text)
  }

  get size(): number {
    return this.#pairs.length
  }

  append(name: unknown, value: unknown): void {
    this.#pairs.push([String(name), String(value)])
    this.#tell()
  }

  delete(name: unknown): void {
    this.#pairs = this.#pairs.filter((pair) => pair[0] !== String(name))
    this.#tell()
  }

  get(name: unknown): string | null {
    return this.#pairs.find((pair) => pair[0] === String(name))?.[1] ?? null
  }

  getAll(name: unknown): string[] {
    return this.#pairs.filter((pair) => pair[0] === String(name)).map((pair) => pair[1])
  }

  has(name: unknown): boolean {
    return this.#pairs.some((pair) => pair[0] === String(name))
  }

  set(name: unknown, value: unknown): void {
    const at = this.#pairs.findIndex((pair) => pair[0] === String(name))
    const rest = this.#pairs.filter((pair, place) => pair[0] !== String(name) || place === at)
    if (at < 0) rest.push([String(name), String(value)])
    else rest[at] = [String(name), String(value)]
    this.#pairs = rest
    this.#tell()
  }

  sort(): void {
    this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
    this.#tell()
  }

  forEach(visit: (value: string, name: string, params: UrlSearchParams) => void): void {
    for (const [name, value] of this.#pairs) visit(value, name, this)
  }

  entries(): IterableIterator<readonly [string, string]> {
    return this.#pairs.values()
  }

  keys(): IterableIterator<string> {
    return this.#pairs.map((pair) => pair[0]).values()
  }

  values(): IterableIterator<string> {
    return this.#pairs.map((pair) => pair[1]).values()
  }

  [Symbol.iterator](): IterableIterator<readonly [string, string]> {
    return this.entries()
  }

  toString(): string {
    return this.#pairs.map(([name, value]) => `${encodePart(name)}=${encodePart(value)}`).join("&")
  }

  #tell(): void {
    this.#changed?.(this.toString())
  }
}

function pairsOf(init: object): (readonly [string, string])[] {
  if (!(Symbol.iterator in init)) return Object.entries(init).map(([name, value]) => [name, String(value)])
  const pairs: (readonly [string, string])[] = []
  const given: readonly unknown[] =
    init instanceof UrlSearchParams || init instanceof Map
      ? [...init]
      : Array.isArray(init)
        ? init
        : [undefined]
  for (const pair of given) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new TypeErrorOf("each pair must be a name and a value")
    pairs.push([String(pair[0]), String(pair[1])])
  }
  return pairs
}

function parsePairs(text: string): (readonly [string, string])[] {
  return text
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=")
      return at < 0 ? [decodePart(part), ""] : [decodePart(part.slice(0, at)), decodePart(part.slice(at + 1))]
    })
}

function decodePart(part: string): string {
  const source = encodeUtf8(part.toWellFormed()) ?? new Uint8ArrayOf(0)
  const bytes = new Uint8ArrayOf(source.length)
  let length = 0
  for (let i = 0; i < source.length; i++) {
    const code = source[i] === 0x25 ? hexPair(source, i + 1) : -1
    if (code >= 0) i += 2
    bytes[length++] = code >= 0 ? code : source[i] === 0x2b ? 0x20 : source[i]
  }
  return decodeUtf8(bytes, 0, length) ?? part
}

function hexPair(bytes: Uint8Array, at: number): number {
  const pair = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0)
  return /^[0-9a-fA-F]{2}$/.test(pair) ? parseInt(pair, 16) : -1
}

function encodePart(part: string): string {
  return encodeURIComponent(part.toWellFormed())
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (character) => "%" + character.charCodeAt(0).toString(16).toUpperCase())
}
