import type { Json } from "@millrace/sdk/avro"
import type { CST, Document, LineCounter, Node, Pair, Scalar } from "yaml"
import { Composer, isAlias, isMap, isScalar, isSeq, Parser } from "yaml"
import type { Finding, Path } from "./problem.ts"

/** Largest pipeline file, in UTF-16 units. */
export const maxTextLength = 512 * 1024
/** Deepest nesting of maps and lists. */
export const maxDepth = 32
/** Values in the whole file with every alias written out: what an alias bomb runs into. */
export const maxValues = 20_000

/** Where a value stands in the text; offsets in UTF-16 units. */
export interface Place {
  /** Start of the key that names the value; absent in lists. */
  readonly key?: number
  readonly start: number
  readonly end: number
  /** Of a string: how it is written, and what it says. */
  readonly scalar?: { readonly style: "plain" | "single" | "double" | "block"; readonly text: string }
}

export interface YamlTree {
  readonly value: Json
  /** By JSON pointer. */
  readonly places: ReadonlyMap<string, Place>
}

export type YamlResult = { readonly ok: YamlTree } | { readonly findings: readonly Finding[] }

/** JSON pointer of a path (RFC 6901). */
export const pointerOf = (path: Path): string =>
  path.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")

const syntax = (message: string, textOffset: number, path: Path = []): Finding => ({
  code: "PIPELINE_SYNTAX",
  message,
  path,
  textOffset,
  remedy: "Correct the YAML at this place."
})

const tooLarge = (message: string, textOffset: number): Finding => ({
  code: "PIPELINE_TOO_LARGE",
  message,
  path: [],
  textOffset,
  remedy: "Make the pipeline smaller, or split it in two that meet in a named stream."
})

/**
 * Parses one YAML 1.2 document into JSON, remembering where each value stands. Directives, tags, several documents,
 * keys that are not plain text and numbers that JSON cannot hold are refused; so is text that is too long, too deep, or
 * too large once its aliases are written out.
 */
export const parseYaml = (text: string, lines: LineCounter): YamlResult => {
  if (text.length > maxTextLength) {
    return { findings: [tooLarge(`The file has ${text.length} characters; ${maxTextLength} are allowed`, 0)] }
  }
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  const refused = tokens.flatMap(refusedToken)
  if (refused.length > 0) return { findings: refused }
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    strict: true,
    uniqueKeys: false,
    stringKeys: false,
    prettyErrors: false,
    lineCounter: lines
  })
  const documents = [...composer.compose(tokens, true, text.length)]
  const document = documents[0]
  if (document === undefined || documents.length > 1) {
    const place = documents[1]?.range[0] ?? 0
    return { findings: [syntax("A pipeline file holds exactly one YAML document", place)] }
  }
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0) return { findings: broken.map((error) => syntax(error.message, error.pos[0])) }
  return new TreeReader(document).read()
}

const refusedToken = (token: CST.Token): Finding[] => {
  if (token.type === "directive") return [syntax("YAML directives are not allowed", token.offset)]
  if (token.type === "document") {
    const deep = tooDeep(token)
    return deep === undefined ? [] : [tooLarge(`Maps and lists are nested deeper than ${maxDepth}`, deep)]
  }
  return []
}

/** Offset of the first token below the allowed depth. A loop, not a recursion: the text decides how deep it goes. */
const tooDeep = (document: CST.Document): number | undefined => {
  const pending: { readonly token: CST.Token | null | undefined; readonly depth: number }[] = [
    { token: document.value, depth: 0 }
  ]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { token, depth } = next
    if (token === null || token === undefined || !("items" in token)) continue
    if (depth >= maxDepth) return token.offset
    for (const item of token.items) {
      if ("key" in item) pending.push({ token: item.key, depth: depth + 1 })
      if ("value" in item) pending.push({ token: item.value, depth: depth + 1 })
    }
  }
  return undefined
}

/** The text goes on from a problem, so that one run names them all. */
class TreeReader {
  readonly #document: Document.Parsed
  readonly #places = new Map<string, Place>()
  readonly #findings: Finding[] = []
  #values = 0

  constructor(document: Document.Parsed) {
    this.#document = document
  }

  read(): YamlResult {
    const value = this.#value(this.#document.contents, [], undefined, 0)
    return this.#findings.length > 0 ? { findings: this.#findings } : { ok: { value, places: this.#places } }
  }

  #value(node: unknown, path: Path, key: number | undefined, around: number): Json {
    this.#values += 1
    if (this.#values > maxValues || path.length > maxDepth) return this.#refuseSize(around)
    if (isAlias(node)) return this.#alias(node, path, key, around)
    const range = isMap(node) || isSeq(node) || isScalar(node) ? (node.range ?? undefined) : undefined
    const place: Place = {
      ...(key === undefined ? {} : { key }),
      start: range?.[0] ?? around,
      end: range?.[1] ?? around
    }
    this.#places.set(pointerOf(path), place)
    if (isMap(node)) return this.#map(node.items, path, place.start)
    if (isSeq(node))
      return node.items.map((item, index) => this.#value(item, [...path, index], undefined, place.start))
    if (isScalar(node)) return this.#scalar(node, path, place)
    return null
  }

  #refuseSize(around: number): null {
    const told = this.#findings.some((finding) => finding.code === "PIPELINE_TOO_LARGE")
    if (!told) {
      const limits = `${maxValues} values, ${maxDepth} levels`
      this.#findings.push(tooLarge(`With its aliases written out the file is too large (${limits})`, around))
    }
    return null
  }

  #alias(node: Node, path: Path, key: number | undefined, around: number): Json {
    const place = node.range?.[0] ?? around
    const target = isAlias(node) ? node.resolve(this.#document) : undefined
    if (target === undefined) {
      this.#findings.push(syntax("The alias names no anchor before it", place, path))
      return null
    }
    return this.#value(target, path, key, place)
  }

  #map(items: readonly Pair<unknown, unknown>[], path: Path, around: number): Json {
    const result: { [key: string]: Json } = {}
    for (const pair of items) {
      const name = this.#key(pair.key, path, around)
      if (name === undefined) continue
      if (Object.hasOwn(result, name.text)) {
        this.#findings.push(duplicate(name.text, path, name.start))
        continue
      }
      result[name.text] = this.#value(pair.value, [...path, name.text], name.start, name.start)
    }
    return result
  }

  #key(
    node: unknown,
    path: Path,
    around: number
  ): { readonly text: string; readonly start: number } | undefined {
    const start = isScalar(node) ? (node.range?.[0] ?? around) : around
    if (!isScalar(node) || node.value === null || node.value === undefined) {
      this.#findings.push(syntax("A key must be plain text", start, path))
      return undefined
    }
    const text = typeof node.value === "string" ? node.value : (node.source ?? JSON.stringify(node.value))
    if (text === "__proto__") {
      this.#findings.push(syntax("The name __proto__ is not allowed", start, path))
      return undefined
    }
    return { text, start }
  }

  #scalar(node: Scalar, path: Path, place: Place): Json {
    const value = node.value
    if (typeof value === "string") {
      this.#places.set(pointerOf(path), { ...place, scalar: { style: styleOf(node), text: value } })
      return value
    }
    if (value === null || typeof value === "boolean") return value
    if (typeof value === "number" && Number.isFinite(value) && !unsafe(value)) return value
    this.#findings.push(
      syntax(`${node.source ?? "This"} is a number that cannot be kept exactly`, place.start, path)
    )
    return null
  }
}

const unsafe = (value: number): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)

const styleOf = (node: Scalar): "plain" | "single" | "double" | "block" => {
  if (node.type === "QUOTE_SINGLE") return "single"
  if (node.type === "QUOTE_DOUBLE") return "double"
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") return "block"
  return "plain"
}

const duplicate = (name: string, path: Path, textOffset: number): Finding => {
  const isNode = path.length === 1 && path[0] === "nodes"
  return {
    code: "DUPLICATE_NAME",
    message: isNode ? `There are two nodes named ${name}` : `The key ${name} stands here twice`,
    path: [...path, name],
    textOffset,
    remedy: isNode
      ? "Give one of them another name; a node's state goes with its name."
      : "Remove one of them."
  }
}
