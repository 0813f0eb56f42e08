import { md5, sha1 } from "@noble/hashes/legacy.js"
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { compileExpression } from "../index.ts"
import { run, typed } from "../testing/run-expression.ts"
import { sampleRow } from "../testing/sample-row.ts"

const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 40 }), fc.string({ maxLength: 300 }))
const hashes = { MD5: md5, SHA1: sha1, SHA224: sha224, SHA256: sha256, SHA384: sha384, SHA512: sha512 }
const of = (expression: string) => {
  const compiled = compileExpression(typed(expression))
  return (s: unknown, raw: Uint8Array = new Uint8Array()) => compiled(sampleRow({ s, raw }))
}

describe("bytes and hashes", () => {
  it.each(Object.entries(hashes))("%s is that of an independent implementation", (name, hash) => {
    const ours = of(`${name}(s)`)
    fc.assert(
      fc.property(text, (value) => {
        assert.strictEqual(ours(value), bytesToHex(hash(utf8ToBytes(value))))
      }),
      { numRuns: 60 }
    )
    for (const length of [0, 55, 56, 63, 64, 111, 112, 119, 127, 128, 1_000]) {
      assert.strictEqual(ours("x".repeat(length)), bytesToHex(hash(utf8ToBytes("x".repeat(length)))))
    }
  })

  it("Base64 and UTF-8 are those of the platform, and go back", () => {
    const [to, back, bytes] = [of("TO_BASE64(s)"), of("FROM_BASE64(TO_BASE64(s))"), of("CAST(s AS BYTES)")]
    fc.assert(
      fc.property(text, (value) => {
        assert.strictEqual(to(value), Buffer.from(value).toString("base64"))
        assert.strictEqual(back(value), value)
        assert.deepEqual(bytes(value), new TextEncoder().encode(value))
      })
    )
  })

  it("bytes that are no UTF-8 become what TextDecoder makes of them", () => {
    const decode = of("DECODE(raw, 'UTF-8')")
    const near = fc.constantFrom(
      0x00,
      0x41,
      0x7f,
      0x80,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(near, fc.integer({ min: 0, max: 255 })), { maxLength: 12 }), (list) => {
        const raw = Uint8Array.from(list)
        assert.strictEqual(decode("", raw), new TextDecoder("utf-8", { ignoreBOM: true }).decode(raw))
      }),
      { numRuns: 1_000 }
    )
  })

  it.each(["UTF-8", "UTF-16", "UTF-16BE", "UTF-16LE"])("text goes into %s and back", (set) => {
    const back = of(`DECODE(ENCODE(s, '${set}'), '${set}')`)
    fc.assert(fc.property(text, (value) => assert.strictEqual(back(value), value)))
  })

  it("URL_ENCODE is the form encoding but for *, and goes back", () => {
    const [encode, back] = [of("URL_ENCODE(s)"), of("URL_DECODE(URL_ENCODE(s))")]
    fc.assert(
      fc.property(text, (value) => {
        assert.strictEqual(`x=${String(encode(value))}`, new URLSearchParams({ x: value }).toString())
        assert.strictEqual(back(value), value)
      })
    )
  })

  it.each([
    ["HEX(-1)", "FFFFFFFFFFFFFFFF"],
    ["HEX(w)", "20000000000001"],
    ["HEX(raw)", "0102"],
    ["BIN(-1)", "1".repeat(64)],
    ["CONV('-1', 10, 16)", "FFFFFFFFFFFFFFFF"],
    ["CONV('-10', 16, -10)", "-16"],
    ["CONV(100, 2, 8)", "4"],
    ["CONV('1z', 10, 2)", "1"],
    ["CONV('z', 10, 2)", null],
    ["CONV('1', 1, 2)", null],
    ["UNHEX('zz')", null],
    ["SHA2('a', 1)", null],
    ["URL_DECODE('%zz')", null],
    ["DECODE(ENCODE('é😀', 'US-ASCII'), 'US-ASCII')", "??"],
    ["PARSE_URL('https://u:p@a.org:80/p/q?k=v&l=w#r', 'HOST')", "a.org"],
    ["PARSE_URL('https://u:p@a.org:80/p/q?k=v&l=w#r', 'USERINFO')", "u:p"],
    ["PARSE_URL('https://u:p@a.org:80/p/q?k=v&l=w#r', 'FILE')", "/p/q?k=v&l=w"],
    ["PARSE_URL('https://u:p@a.org:80/p/q?k=v&l=w#r', 'QUERY', 'l')", "w"],
    ["PARSE_URL('not a url', 'HOST')", null]
  ])("%s", (expression, result) => {
    assert.strictEqual(run(expression), result)
  })

  it("refuses what is no Base64", () => {
    for (const wrong of ["a", "a===", "YQ=", "Y Q=", "é"]) {
      assert.throws(
        () => of("FROM_BASE64(s)")(wrong),
        "EXPRESSION_ARGUMENT at 1:1: FROM_BASE64 was given text that is not Base64"
      )
    }
  })
})
