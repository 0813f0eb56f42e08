import type { Attributes, AvroField, Json, RecordType } from "../type.ts"
import { isDottedName, isPrimitiveKind, isSimpleName, namespaceOf, qualify, unqualified } from "./name.ts"
import { AvroSchemaError, type AvroSchemaErrorCode, quoted } from "./schema-error.ts"

/** Where in the schema the parser is: the path is for messages, the namespace is of the nearest named type around. */
export interface Place {
  readonly path: string
  readonly namespace: string
  readonly depth: number
}

export function refuse(code: AvroSchemaErrorCode, path: string, problem: string, remedy: string): never {
  throw new AvroSchemaError({ code, path, problem, remedy })
}

/** `Array.isArray` does not narrow a readonly list. */
export const isList = (json: Json): json is readonly Json[] => Array.isArray(json)

type Heading = Pick<RecordType, "name" | "aliases" | "doc" | "attributes">

const maxFixedSize = 2 ** 31 - 1

/** One JSON object of a schema, read attribute by attribute: each getter checks what it reads. @throws AvroSchemaError */
export class SchemaNode {
  private readonly json: ReadonlyMap<string, Json>
  readonly at: Place

  constructor(json: Json, at: Place) {
    if (typeof json !== "object" || json === null || isList(json)) {
      refuse(
        "AVRO_ATTRIBUTE",
        at.path,
        `${quoted(JSON.stringify(json))} is no type`,
        "Give a type's name, an object with a type, or a list of types for a union."
      )
    }
    this.json = new Map(Object.entries(json))
    this.at = at
  }

  path(name: string): string {
    return this.at.path === "" ? name : `${this.at.path}.${name}`
  }

  inside(name: string): Place {
    return { ...this.at, path: this.path(name), depth: this.at.depth + 1 }
  }

  get(name: string): Json | undefined {
    return this.json.get(name)
  }

  required(name: string): Json {
    const value = this.get(name)
    return value === undefined ? this.wrong(name, "is missing") : value
  }

  /** Every attribute but `type` and those named; own properties even where one is called `__proto__`. */
  rest(taken: readonly string[]): Attributes {
    return Object.fromEntries([...this.json].filter(([name]) => name !== "type" && !taken.includes(name)))
  }

  list(name: string): readonly Json[] {
    const value = this.required(name)
    return isList(value) ? value : this.wrong(name, "is not a list")
  }

  private text(name: string): string | undefined {
    const value = this.get(name)
    return value === undefined || typeof value === "string" ? value : this.wrong(name, "is not a string")
  }

  private wrong(name: string, problem: string): never {
    return refuse(
      "AVRO_ATTRIBUTE",
      this.at.path,
      `${quoted(name)} ${problem}`,
      "See Avro 1.12, Schema Declaration."
    )
  }

  doc(): string | undefined {
    return this.text("doc")
  }

  /** What record, enum and fixed have in common. A name with a dot is full, and its namespace attribute has no meaning. */
  heading(taken: readonly string[]): Heading {
    const own = this.text("name") ?? this.wrong("name", "is missing")
    const namespace = this.text("namespace") ?? this.at.namespace
    if (namespace !== "" && !isDottedName(namespace)) this.badName("namespace", namespace)
    if (!isDottedName(own) || isPrimitiveKind(unqualified(own))) this.badName("name", own)
    const name = qualify(own, namespace)
    const doc = this.doc()
    return {
      name,
      aliases: this.aliases(isDottedName).map((alias) => qualify(alias, namespaceOf(name))),
      ...(doc === undefined ? {} : { doc }),
      attributes: this.rest(["name", "namespace", "aliases", "doc", ...taken])
    }
  }

  fieldName(): string {
    const name = this.text("name") ?? this.wrong("name", "is missing")
    return isSimpleName(name) ? name : this.badName("name", name)
  }

  fieldAliases(): readonly string[] {
    return this.aliases(isSimpleName)
  }

  private aliases(allowed: (name: string) => boolean): readonly string[] {
    if (this.get("aliases") === undefined) return []
    return this.list("aliases").map((alias) => {
      if (typeof alias !== "string") return this.wrong("aliases", "holds something else than names")
      return allowed(alias) ? alias : this.badName("aliases", alias)
    })
  }

  private badName(attribute: string, name: string): never {
    return refuse(
      "AVRO_NAME",
      this.path(attribute),
      isPrimitiveKind(unqualified(name))
        ? `${quoted(name)} is a primitive type`
        : `${quoted(name)} is not a name in Avro`,
      "Use letters, digits and underscores, not beginning with a digit; keep another name as an attribute."
    )
  }

  order(): AvroField["order"] {
    const order = this.get("order") ?? "ascending"
    if (order === "ascending" || order === "descending" || order === "ignore") return order
    return this.wrong("order", "is none of ascending, descending and ignore")
  }

  size(): number {
    const size = this.required("size")
    const whole = typeof size === "number" && Number.isInteger(size) && size >= 0 && size <= maxFixedSize
    return whole ? size : this.wrong("size", `is not a whole number from 0 to ${maxFixedSize}`)
  }

  symbols(maxSymbols: number): readonly string[] {
    const list = this.list("symbols")
    if (list.length > maxSymbols) {
      const problem = `the enum has ${list.length} symbols, more than ${maxSymbols}`
      refuse("AVRO_LIMIT", this.at.path, problem, "Use a string.")
    }
    const seen = new Set<string>()
    list.forEach((symbol, index) => {
      if (typeof symbol !== "string") return this.wrong("symbols", "holds something else than names")
      if (!isSimpleName(symbol)) this.badName(`symbols[${index}]`, symbol)
      if (seen.has(symbol)) {
        const path = `${this.path("symbols")}[${index}]`
        refuse("AVRO_DUPLICATE", path, `the enum has two symbols ${quoted(symbol)}`, "Keep one of them.")
      }
      return seen.add(symbol)
    })
    return [...seen]
  }
}
