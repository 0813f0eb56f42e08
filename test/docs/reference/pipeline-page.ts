import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { root } from "../../house/floors.ts"
import { cell, generatedNote } from "../markdown.ts"

/** What of JSON Schema the pipeline's schema uses. */
interface Node {
  readonly type?: string
  readonly description?: string
  readonly pattern?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly enum?: readonly string[]
  readonly properties?: { readonly [name: string]: Node }
  readonly required?: readonly string[]
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly anyOf?: readonly Node[]
}

const optional = Schema.optionalKey
const Self = Schema.suspend((): Schema.Codec<Node> => JsonSchemaNode)
const JsonSchemaNode: Schema.Codec<Node> = Schema.Struct({
  type: optional(Schema.String),
  description: optional(Schema.String),
  pattern: optional(Schema.String),
  maxLength: optional(Schema.Number),
  minimum: optional(Schema.Number),
  maximum: optional(Schema.Number),
  enum: optional(Schema.Array(Schema.String)),
  properties: optional(Schema.Record(Schema.String, Self)),
  required: optional(Schema.Array(Schema.String)),
  additionalProperties: optional(Schema.Union([Schema.Boolean, Self])),
  items: optional(Self),
  anyOf: optional(Schema.Array(Self))
})

const valueText = (node: Node): string => {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(", ")
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(valueText))].join(" or ")
  if (node.properties !== undefined) return `{ ${Object.keys(node.properties).join(", ")} }`
  if (node.items !== undefined) return `list of ${valueText(node.items)}`
  if (typeof node.additionalProperties === "object") return `map of ${valueText(node.additionalProperties)}`
  return node.type ?? "any value"
}

const limits = ({ maxLength, maximum, minimum, pattern }: Node): string =>
  [
    pattern === undefined ? "" : `matches \`${pattern}\``,
    maxLength === undefined ? "" : `at most ${maxLength} characters`,
    minimum === undefined ? "" : `at least ${minimum}`,
    maximum === undefined ? "" : `at most ${maximum}`
  ]
    .filter((text) => text !== "")
    .join(", ")

const rowsOf = (node: Node, path: string): readonly string[] =>
  Object.entries(node.properties ?? {}).flatMap(([name, value]) => {
    const own = path === "" ? name : `${path}.${name}`
    const needed = node.required?.includes(name) === true ? " (required)" : ""
    const text = [value.description ?? "", limits(value)].filter((part) => part !== "").join("; ")
    return [`| \`${own}\`${needed} | ${cell(valueText(value))} | ${cell(text)} |`, ...inner(value, own)]
  })

const inner = (value: Node, path: string): readonly string[] =>
  typeof value.additionalProperties === "object" && value.additionalProperties.properties !== undefined
    ? rowsOf(value.additionalProperties, `${path}.NAME`)
    : rowsOf(value, path)

/** docs/reference/pipeline-file.md. */
export const pipelinePage = (): string => {
  const text: unknown = JSON.parse(readFileSync(join(root, "docs/pipeline.schema.json"), "utf8"))
  const schema = Schema.decodeUnknownSync(JsonSchemaNode)(text)
  return [
    "# The pipeline file",
    "",
    generatedNote,
    "",
    "YAML, of one document. Editors check it by [pipeline.schema.json](../pipeline.schema.json). `${NAME}` is a variable, `$${` a plain `${`.",
    "Each node has one of `source`, `use` and `sink`; keys that are not here are refused. [First pipeline](../tutorial/first-pipeline.md) shows one.",
    "",
    "| key | value | |",
    "|---|---|---|",
    ...rowsOf(schema, "")
  ].join("\n")
}
