import { assert, describe, it } from "vitest"
import { callOnce } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  frameOf,
  inputOf,
  movieOutput,
  movies,
  moviesIn,
  nodeOf,
  segmentOf
} from "./fixture/segment-fixture.ts"

/** Evaluates an expression in a guest and answers its JSON text. */
async function inGuest(expression: string): Promise<unknown> {
  const call = `(movie) => ({ ...movie, title: JSON.stringify(${expression}) ?? "undefined" })`
  const node = nodeOf(bodyBundle("map", call), { outputs: [movieOutput] })
  const result = await callOnce(segmentOf([node]), callOf([inputOf(frameOf(movies(1)))]))
  const title =
    result.outputs.length > 0
      ? moviesIn(result.outputs[0].frame)[0].title
      : `"${result.deadLetters[0].message}"`
  return title === "undefined" ? undefined : JSON.parse(title)
}

const urls = [
  "https://user:pa%20ss@Example.COM:443/a/./b/../c%2e?q=1 2&r=é#f g",
  "http://2130706433/",
  "http://0x7f.1/",
  "http://0177.0.0.1:80/x",
  "http://127.1:8080",
  "https://example.com\\a\\b",
  "HTTP://EXAMPLE.com",
  "mailto:a@b.c",
  "data:text/plain,hello world",
  "file:///a/../b",
  "foo://host:1/p?q",
  "https://[2001:db8::1]:8443/",
  "//nohost",
  "https://",
  "https://a b/",
  "https://x:99999/",
  "http://256.256.256.256/"
]
const relatives = [
  ["/x?y", "https://a.b/c/d"],
  ["../x", "https://a.b/c/d/e"],
  ["?z", "https://a.b/c/d?e#f"],
  ["#g", "https://a.b/c/d?e"],
  ["//h/i", "https://a.b/c"],
  ["x", "mailto:a@b"]
]

describe("what a guest sees", () => {
  it("parses URLs as the standard does", async () => {
    const parts = `["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"]`
    const expression = `[...${JSON.stringify(urls)}.map((u) => [u]), ...${JSON.stringify(relatives)}].map(([u, b]) => { try { const x = new URL(u, b); return ${parts}.map((p) => x[p]) } catch (e) { return e.constructor.name } })`
    const expected = [
      ...urls.map((url) => [url, undefined] as const),
      ...relatives.map(([url, base]) => [url, base] as const)
    ].map(([url, base]) => {
      if (!URL.canParse(url, base)) return "TypeError"
      const x = new URL(url, base)
      return [
        x.href,
        x.origin,
        x.protocol,
        x.username,
        x.password,
        x.host,
        x.hostname,
        x.port,
        x.pathname,
        x.search,
        x.hash
      ]
    })
    assert.deepStrictEqual(await inGuest(expression), expected)
  })

  it("has URLSearchParams, bound to their URL", async () => {
    const program = `(() => { const u = new URL("https://a.b/?x=1&y=a+b%21"); u.searchParams.append("z", "é&="); u.searchParams.set("x", "2"); u.searchParams.delete("y"); return [u.href, [...new URLSearchParams("a=1&a=2&b")], new URLSearchParams({ q: "x y~*" }).toString(), u.searchParams.get("z")] })()`
    const expected = (() => {
      const u = new URL("https://a.b/?x=1&y=a+b%21")
      u.searchParams.append("z", "é&=")
      u.searchParams.set("x", "2")
      u.searchParams.delete("y")
      return [
        u.href,
        [...new URLSearchParams("a=1&a=2&b")],
        new URLSearchParams({ q: "x y~*" }).toString(),
        u.searchParams.get("z")
      ]
    })()
    assert.deepStrictEqual(await inGuest(program), expected)
  })

  it("encodes and decodes text as the standard does", async () => {
    const bytes = [
      0xef, 0xbb, 0xbf, 0x61, 0xe2, 0x82, 0xf0, 0x9f, 0x98, 0x80, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80
    ]
    const expected = [
      [...new TextEncoder().encode("aé€😀\ud800")],
      new TextDecoder().decode(new Uint8Array(bytes)),
      "TypeError"
    ]
    const expression = `[[...new TextEncoder().encode("aé€😀\\ud800")], new TextDecoder().decode(new Uint8Array(${JSON.stringify(bytes)})), (() => { try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])) } catch (e) { return e.name } })()]`
    assert.deepStrictEqual(await inGuest(expression), expected)
  })

  it("clones structures with their cycles", async () => {
    const expression = `(() => { const a = { m: new Map([[1, new Set([2])]]), d: new Date(5), b: new Uint8Array([1, 2]), e: new RangeError("x") }; a.self = a; const c = structuredClone(a); return [c !== a, c.self === c, [...c.m.get(1)], c.d.getTime(), [...c.b], c.b.buffer !== a.b.buffer, c.e.message, (() => { try { structuredClone(() => 1) } catch (e) { return e.name } })()] })()`
    assert.deepStrictEqual(await inGuest(expression), [
      true,
      true,
      [2],
      5,
      [1, 2],
      true,
      "x",
      "DataCloneError"
    ])
  })

  it("shows nothing of what escapes the sandbox's limits", async () => {
    const names = [
      "WebAssembly",
      "SharedArrayBuffer",
      "Atomics",
      "FinalizationRegistry",
      "WeakRef",
      "eval",
      "process",
      "require",
      "fetch",
      "ivm",
      "Buffer",
      "performance"
    ]
    assert.deepStrictEqual(await inGuest(`${JSON.stringify(names)}.filter((name) => name in globalThis)`), [])
    assert.deepStrictEqual(
      await inGuest(
        `[(() => 1) instanceof Function, new Uint8Array(4).buffer.constructor === ArrayBuffer, typeof new ArrayBuffer(4).transfer, new ArrayBuffer(4).resizable, class extends ArrayBuffer {}.name === "", Object.getPrototypeOf(async () => {}).constructor.name]`
      ),
      [true, true, "function", false, true, "AsyncFunction"]
    )
  })

  it("encodes and decodes Base64 as the standard does", async () => {
    const texts = ["", "a", "ab", "abc", "\\u00ff\\u0000é", "€"]
    const encoded = ["", "YQ==", "YQ", " Y W I\\n=", "YWJj", "Y", "YQ=", "YWJjZA=a", "=", "////", "a-_b"]
    const attempt = `(f, x) => { try { return f(x) } catch (e) { return e.name } }`
    const program = `[${JSON.stringify(texts)}.map((x) => (${attempt})(btoa, x)), ${JSON.stringify(encoded)}.map((x) => (${attempt})(atob, x))]`
    const here = (f: (text: string) => string) => (text: string) => {
      try {
        return f(text)
      } catch (error) {
        return error instanceof Error ? error.name : ""
      }
    }
    assert.deepStrictEqual(await inGuest(program), [texts.map(here(btoa)), encoded.map(here(atob))])
  })

  it("draws random bytes that are the same again", async () => {
    const program = `(() => { const a = crypto.getRandomValues(new Uint8Array(33)); const w = crypto.getRandomValues(new Uint16Array(3)); return [[...a], [...w], crypto.randomUUID(), crypto.randomUUID(), typeof crypto.subtle] })()`
    const drawn = await inGuest(program)
    assert.deepStrictEqual(await inGuest(program), drawn)
    assert.ok(Array.isArray(drawn))
    const [bytes, words, first, second, subtle] = drawn
    assert.isAbove(new Set(bytes).size, 20)
    assert.lengthOf(words, 3)
    assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.notStrictEqual(first, second)
    assert.strictEqual(subtle, "undefined")
    const wrong = `[new Float64Array(1), {}, new Uint8Array(65537)].map((x) => { try { crypto.getRandomValues(x) } catch (e) { return e.name } })`
    assert.deepStrictEqual(await inGuest(wrong), ["TypeError", "TypeError", "QuotaExceededError"])
  })

  it("has one time zone, one clock and its dates", async () => {
    const expression = `[Date.now(), new Date().toISOString(), new Date(0).getTimezoneOffset(), typeof Date(), new Date(2020, 0, 1).getTime(), new Intl.DateTimeFormat("en", { timeZone: "UTC", year: "numeric" }).format(), Date.UTC(2020, 0), new Date() instanceof Date, Intl.DateTimeFormat().resolvedOptions().timeZone]`
    assert.deepStrictEqual(await inGuest(expression), [
      1_700_000_000_000,
      "2023-11-14T22:13:20.000Z",
      0,
      "string",
      1_577_836_800_000,
      "2023",
      1_577_836_800_000,
      true,
      "UTC"
    ])
  })
})
