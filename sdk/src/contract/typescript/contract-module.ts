import { namespaceOf } from "../../avro/parse/name.ts"
import type { NamedType, RecordType } from "../../avro/type.ts"
import { avroName } from "../record-name.ts"
import { said } from "./annotation.ts"
import { Identifiers } from "./identifiers.ts"
import { type Layout, render, tallObject, wrap } from "./layout.ts"
import { namedUse } from "./named-use.ts"
import { recordEntries } from "./primitive-expression.ts"
import { SchemaExpressions } from "./schema-expression.ts"
import { typeText } from "./type-text.ts"

/** What a module is to be written of. */
export interface ContractSource {
  readonly subject: string
  /** The schema of the subject's records. */
  readonly schema: RecordType
  /** Fields of the record key; [] for none. */
  readonly key: readonly string[]
  /** Where it came from, for the first line: `studio.movies, version 3`. */
  readonly origin: string
  /** Name of the class; what the record is called, unless told. */
  readonly className?: string | undefined
}

/** Columns that the text is laid out to. */
const width = 110

/**
 * The text of a TypeScript module that declares a subject's contract: a class, and a constant with its type for every
 * other named type. `toAvro` of the class is the schema again, docs, defaults, logical types, aliases and attributes
 * included. The same source gives the same text.
 */
export const contractModule = (source: ContractSource): string => {
  const { schema } = source
  const use = namedUse(schema)
  const names = new ModuleNames(schema, source.className, use.order)
  const later = new Set<NamedType>(use.order)
  const expressions = new SchemaExpressions({
    of: (type) => names.of(type),
    isLater: (type) => later.has(type),
    around: (type) => use.around.get(type) ?? "",
    hasNamespaces: use.order.some((type) => namespaceOf(type.name) !== "")
  })
  const declarations = use.order.map((type) => {
    const text = declaration(type, { source, names, expressions, isRecursive: use.recursive.has(type) })
    later.delete(type)
    return text
  })
  const body = declarations.join("\n\n")
  return `${heading(source)}${imports(body)}\n\n${body}\n`
}

/** The name of the class that {@link contractModule} declares. */
export const contractClassName = ({ className, schema }: ContractSource): string =>
  new ModuleNames(schema, className, []).of(schema)

/** The name of every named type in the module; the class chooses first. */
class ModuleNames {
  private readonly names = new Map<NamedType, string>()

  constructor(root: RecordType, className: string | undefined, others: readonly NamedType[]) {
    const identifiers = new Identifiers()
    this.names.set(
      root,
      className === undefined ? identifiers.forName(root.name) : identifiers.take(className)
    )
    for (const type of others) if (type !== root) this.names.set(type, identifiers.forName(type.name))
  }

  of(type: NamedType): string {
    return this.names.get(type) ?? type.name
  }
}

/** A file's name may hold anything: what it says stays in its comment. */
const heading = ({ origin }: ContractSource): string =>
  `// Generated from ${origin.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")}; edit by \`millrace types\`.\n`

/** Only what the text uses: an import that nothing uses is an error in many projects. */
const imports = (body: string): string => {
  const used = ["Avro", "Contract", "Schema"].filter((name) => new RegExp(`\\b${name}[.<(]`).test(body))
  return `import { ${used.join(", ")} } from "@millrace/sdk"`
}

interface Declaring {
  readonly source: ContractSource
  readonly names: ModuleNames
  readonly expressions: SchemaExpressions
  readonly isRecursive: boolean
}

const declaration = (type: NamedType, declaring: Declaring): string => {
  const { expressions, names, source } = declaring
  if (type === source.schema) return contractClass(source, declaring)
  const name = names.of(type)
  const comment = docComment(type.doc)
  if (type.kind !== "record") {
    const value = render([`export const ${name} = `, expressions.declaration(type)], width)
    return `${comment}${value}\nexport type ${name} = typeof ${name}.Type`
  }
  const struct = expressions.struct(type, recordEntries(expressions.naming(type), type))
  if (!declaring.isRecursive) {
    return `${comment}${render([`export const ${name} = `, struct], width)}\nexport type ${name} = typeof ${name}.Type`
  }
  const value = render([`export const ${name}: Schema.Codec<${name}> = `, struct], width)
  return `${comment}${interfaceText(name, type, names)}\n${value}`
}

/** The type of a recursive schema cannot be inferred from it. */
const interfaceText = (name: string, type: RecordType, names: ModuleNames): string => {
  const fields = type.fields.map((field) => {
    const key = field.name === "__proto__" ? '["__proto__"]' : field.name
    return `  readonly ${key}: ${typeText(field.type, (named) => names.of(named))}\n`
  })
  return `export interface ${name} {\n${fields.join("")}}`
}

const contractClass = (source: ContractSource, { expressions, names }: Declaring): string => {
  const { key, schema, subject } = source
  // A contract's record is called like its subject, unless it says otherwise.
  const naming = schema.name === avroName(subject) ? [] : said("avro.name", schema.name)
  const bare = namespaceOf(schema.name) === "" && naming.length > 0 ? said("avro.namespace", "") : []
  const [only, ...more] = key
  const layout: Layout = [
    `export class ${names.of(schema)} extends `,
    wrap(
      `Contract<${names.of(schema)}>()`,
      tallObject([
        ["subject", JSON.stringify(subject)],
        ...said("key", only !== undefined && more.length === 0 ? only : key.length === 0 ? undefined : key),
        ["schema", expressions.struct(schema, recordEntries([...naming, ...bare], schema))]
      ])
    ),
    " {}"
  ]
  return `${docComment(schema.doc)}${render(layout, width)}`
}

const docComment = (doc: string | undefined): string => {
  if (doc === undefined || doc.trim() === "") return ""
  const lines = doc
    .trim()
    .replaceAll("*/", "*\\/")
    .split(/\r\n?|[\n\u2028\u2029]/)
  if (lines.length === 1) return `/** ${lines[0]} */\n`
  return `/**\n${lines.map((text) => ` * ${text}`.trimEnd()).join("\n")}\n */\n`
}
