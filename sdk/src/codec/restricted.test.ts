import { readdirSync, readFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { basename, dirname, join } from "node:path"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import { generateValue } from "./generate-value.ts"

// Files that also run inside the sandbox are put together to one script: types stripped, imports and `export` dropped.
const root = join(import.meta.dirname, "..")
const hostOnly = new Set(["index.ts", "stored-key.ts", "stored-value.ts"])
const inFolder = (folder: string, wanted: (name: string) => boolean) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && wanted(name))
    .map((name) => `${folder}/${name}`)
const files = [
  ...inFolder("record", (name) => !hostOnly.has(name)),
  ...inFolder("codec", (name) => name.startsWith("runtime"))
]

const importLine = /^import (?:type )?\{[^}]*\} from "(\.[^"]+)"$/gm

/** The file's text without types, and what it imports. */
const load = (file: string) => {
  const source = readFileSync(join(root, file), "utf8")
  const imports = [...source.matchAll(importLine)]
    .filter((each) => !each[0].startsWith("import type"))
    .map((each) => `${basename(dirname(join(root, file, "..", each[1])))}/${basename(each[1])}`)
  const text = stripTypeScriptTypes(source.replaceAll(importLine, "")).replaceAll(
    /^export (?=function|const|class)/gm,
    ""
  )
  return { imports, text }
}

const ordered = (): readonly string[] => {
  const done = new Set<string>()
  const visit = (file: string) => {
    if (done.has(file)) return
    for (const each of load(file).imports) visit(each)
    done.add(file)
  }
  files.forEach(visit)
  return [...done]
}

describe("the files that run inside the sandbox", () => {
  it("import only each other, by name", () => {
    for (const file of files) {
      const { imports, text } = load(file)
      for (const each of imports) assert.include(files, each, file)
      assert.notMatch(text, /^\s*(import|export)\b/m, file)
    }
  })

  it("have no top-level name twice", () => {
    const seen = new Map<string, string>()
    for (const file of files) {
      for (const [, name] of load(file).text.matchAll(
        /^(?:function|class|const|let)\s+([A-Za-z_$][\w$]*)/gm
      )) {
        assert.isUndefined(seen.get(name), `${name} is in ${seen.get(name)} and ${file}`)
        seen.set(name, file)
      }
    }
    assert.isAbove(seen.size, 50)
  })

  it("work as one script in a realm without Node or web globals", () => {
    const script = ordered()
      .map((file) => load(file).text)
      .join("\n")
    const codec = generateValue(
      parseAvroOrThrow({ type: "map", values: ["null", "string", { type: "long", "millrace.js": "bigint" }] })
    )
    const use = `
      const codec = (${codec})(codecRuntime)
      const sink = new ByteSink(1000, 8)
      codec.write({ a: "ü€", b: null, c: 7n }, sink)
      const value = codec.read(sink.bytes, 0, sink.length)
      const writer = new BatchWriter()
      writer.begin(new Uint8Array(32))
      writer.append({ timestamp: 5, key: keyOfText("k") }, sink.toBytes())
      const header = checkBatch(writer.finish())
      JSON.stringify([value.a, value.b, String(value.c), header.count, murmur2(keyOfText("21"))])`
    const answer: unknown = runInNewContext(`"use strict";\n${script}\n${use}`, Object.create(null))
    assert.strictEqual(answer, '["ü€",null,"7",1,-973932308]')
  })
})
