// The web-standard globals that the sandbox gives a plugin (docs/formats/sandbox.md), and no others: what is missing here
// is missing there. A project names it in its tsconfig.json: "types": ["@millrace/sdk/globals"].
// What each does is written in runtime/sandbox/src/guest/surface.

/** Writes to the node's log. */
declare const console: {
  debug(...given: readonly unknown[]): void
  trace(...given: readonly unknown[]): void
  log(...given: readonly unknown[]): void
  info(...given: readonly unknown[]): void
  warn(...given: readonly unknown[]): void
  error(...given: readonly unknown[]): void
  dir(...given: readonly unknown[]): void
  assert(condition: unknown, ...given: readonly unknown[]): void
}

/** Milliseconds. A timer lasts as long as the call. */
declare function setTimeout<A extends readonly unknown[]>(
  run: (...given: A) => void,
  delay?: number,
  ...given: A
): number
declare function clearTimeout(timer: number | undefined): void
declare function setInterval<A extends readonly unknown[]>(
  run: (...given: A) => void,
  delay?: number,
  ...given: A
): object
declare function clearInterval(interval: object | undefined): void
declare function queueMicrotask(run: () => void): void

declare function structuredClone<A>(value: A): A
/** Base64 of text whose characters are bytes. */
declare function btoa(text: string): string
declare function atob(text: string): string

/** Drawn from the record's own randomness: a record that is run again draws the same. Not for keys or secrets. */
declare const crypto: {
  getRandomValues<A extends ArrayBufferView>(target: A): A
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`
}

/** UTF-8. */
declare class TextEncoder {
  readonly encoding: string
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, target: Uint8Array): { readonly read: number; readonly written: number }
}
/** UTF-8, without streaming. */
declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean })
  readonly encoding: string
  decode(bytes?: ArrayBufferView | ArrayBuffer): string
}

declare class URLSearchParams implements Iterable<[string, string]> {
  constructor(init?: string | Iterable<readonly [string, string]> | { readonly [name: string]: string })
  readonly size: number
  append(name: string, value: string): void
  delete(name: string): void
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string): boolean
  set(name: string, value: string): void
  sort(): void
  forEach(visit: (value: string, name: string, params: URLSearchParams) => void): void
  entries(): IterableIterator<[string, string]>
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  toString(): string
  [Symbol.iterator](): IterableIterator<[string, string]>
}

declare class URL {
  constructor(url: string | URL, base?: string | URL)
  static canParse(url: string | URL, base?: string | URL): boolean
  static parse(url: string | URL, base?: string | URL): URL | null
  readonly href: string
  readonly origin: string
  readonly protocol: string
  readonly username: string
  readonly password: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  pathname: string
  search: string
  hash: string
  readonly searchParams: URLSearchParams
  toString(): string
  toJSON(): string
}
