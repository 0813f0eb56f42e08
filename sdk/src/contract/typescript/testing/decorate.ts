import type { Choices } from "../../../avro/testing/choices.ts"
import { toJson } from "../../../avro/json.ts"
import { parseAvroOrThrow } from "../../../avro/parse/parse.ts"
import type { AvroType, Json } from "../../../avro/type.ts"

const texts = ["", "Short.", 'A "doc" of */ two\nlines \\ and \u2028 more', "It's `quoted` ${here}"] as const
const values: readonly [Json, ...Json[]] = [null, 1.5, "x", [1, { a: [] }], { "b c": true, __proto__: null }]
const numberChecks: readonly [Json, ...Json[]] = [
  [{ check: "minimum", value: -4 }],
  [
    { check: "minimum", value: 0 },
    { check: "maximum", value: 10 }
  ],
  [{ check: "exclusiveMaximum", value: 9 }],
  [{ check: "multipleOf", value: 3 }],
  [{ check: "shape" }],
  "none"
]
const textChecks: readonly [Json, ...Json[]] = [
  [{ check: "pattern", value: "^[a-z]+$" }],
  [
    { check: "minLength", value: 1 },
    { check: "maxLength", value: 20 }
  ],
  [{ check: "pattern", value: "a/b" }],
  [{ check: "minLength", value: -1.5 }]
]

/** A schema with docs, orders, checks and attributes of all kinds strewn over it; its types and defaults stay. */
export const decorate = (type: AvroType, choices: Choices): AvroType =>
  parseAvroOrThrow(new Decorator(choices).type(toJson(type)))

class Decorator {
  private readonly choices: Choices

  constructor(choices: Choices) {
    this.choices = choices
  }

  type(json: Json): Json {
    if (typeof json === "string") return this.primitive(json)
    if (typeof json !== "object" || json === null) return json
    if (isArray(json)) return json.map((branch) => this.type(branch))
    const { items, type, values: inner } = json
    if (type === "array") return this.attributes({ ...json, items: this.type(items ?? null) }, textChecks)
    if (type === "map") return this.attributes({ ...json, values: this.type(inner ?? null) }, textChecks)
    if (type === "record") {
      const fields = isArray(json["fields"]) ? json["fields"] : []
      return this.attributes(
        this.doc({ ...json, fields: fields.map((field) => this.field(field)) }),
        undefined
      )
    }
    return type === "enum" || type === "fixed" ? this.attributes(this.doc(json), undefined) : json
  }

  private primitive(name: string): Json {
    if (!["int", "long", "float", "double", "string", "bytes"].includes(name)) return name
    const bigint = name === "long" && this.choices.oneIn(3) ? { "millrace.js": "bigint" } : {}
    return this.attributes(
      { type: name, ...bigint },
      /^(?:string|bytes)$/.test(name) ? textChecks : numberChecks
    )
  }

  private field(json: Json): Json {
    if (typeof json !== "object" || json === null || isArray(json)) return json
    const field = this.attributes(this.doc({ ...json, type: this.type(json["type"] ?? null) }), undefined)
    return {
      ...field,
      ...(this.choices.oneIn(4) ? { order: this.choices.pick(["ignore", "descending"]) } : {}),
      ...(this.choices.oneIn(4) ? { aliases: ["was", "has_been"] } : {}),
      ...(this.choices.oneIn(4) ? { "millrace.source": "Its Name" } : {}),
      ...(this.choices.oneIn(4) ? { "millrace.sensitive": this.choices.oneIn(2) } : {})
    }
  }

  private doc(json: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
    return this.choices.oneIn(3) ? { ...json, doc: this.choices.pick(texts) } : json
  }

  private attributes(
    json: { readonly [name: string]: Json },
    checks: readonly [Json, ...Json[]] | undefined
  ): { readonly [name: string]: Json } {
    return {
      ...json,
      ...(this.choices.oneIn(5) ? { "x-own": this.choices.pick(values) } : {}),
      ...(checks !== undefined && this.choices.oneIn(3)
        ? { "millrace.checks": this.choices.pick(checks) }
        : {}),
      ...(this.choices.oneIn(8) ? { "x.last": this.choices.pick(values) } : {})
    }
  }
}

const isArray = (json: Json): json is readonly Json[] => Array.isArray(json)
