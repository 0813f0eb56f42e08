import { assert, describe, it } from "vitest"
import { lateRequires } from "./late-requires.ts"
import { sourceOffences } from "./source-offences.ts"

const late = (source: string) => [...lateRequires(source)]

describe("what a library requires late", () => {
  it("is what stands in named functions, methods and try alone", () => {
    assert.deepEqual(late(`function open() { return require("fs") }`), ["fs"])
    assert.deepEqual(late(`const open = (x) => { if (x) { return require("fs") } }`), ["fs"])
    assert.deepEqual(late(`module.exports = { open() { return require('fs') } }`), ["fs"])
    assert.deepEqual(late(`class A { open() { require("fs") } }`), ["fs"])
    assert.deepEqual(late(`try { require("fs") } catch {}`), ["fs"])
  })

  it("is not what stands at the top, or in a function that may be called at once", () => {
    assert.deepEqual(late(`const fs = require("fs")`), [])
    assert.deepEqual(late(`if (a) { require("fs") }`), [])
    assert.deepEqual(
      late(`(function (root, factory) { factory(require("fs")) })(this, function (fs) {})`),
      []
    )
    assert.deepEqual(late(`define(function () { return require("fs") })`), [])
    assert.deepEqual(late(`function open() { require("fs") }\nrequire("fs")`), [])
    assert.deepEqual(late(`x.require("fs")`), [])
  })

  it("is not misled by comments, strings, templates and regular expressions", () => {
    assert.deepEqual(
      late('// }\nfunction a() { const s = "}" + `}${b({})}}` + /[/}]}/.source; require("fs") }'),
      ["fs"]
    )
    assert.deepEqual(late('function a() {}\n/* { */ const s = `{${"{"}` / 2; require("fs")'), [])
  })
})

describe("an author's own source", () => {
  const codes = (source: string) => sourceOffences(source).map(({ code, at }) => `${code} ${at}`)

  it("is searched for globals that no sandbox has", () => {
    assert.deepEqual(codes(`new Function("a")`), ["DYNAMIC_CODE 4"])
    assert.deepEqual(codes(`globalThis.fetch("x")`), ["BUILTIN 11"])
    assert.deepEqual(codes(`const a = (0, eval)("1")`), ["DYNAMIC_CODE 14"])
    assert.deepEqual(codes("`${process.cwd()}`"), ["BUILTIN 3"])
  })

  it("may have names of its own that look like them", () => {
    assert.deepEqual(codes(`import { fetch } from "./fetch.ts"\nfetch("x")`), [])
    assert.deepEqual(codes(`const p = { *process(movie) {}, fetch(url) { return url } }`), [])
    assert.deepEqual(codes(`api.fetch("x"); "process.env"; /process.env/`), [])
    assert.deepEqual(codes(`typeof process.x === "undefined"`), [])
    assert.deepEqual(codes(`const run = (process) => process.name`), [])
  })
})
