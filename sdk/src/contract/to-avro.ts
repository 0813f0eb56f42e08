import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"

import { toJson } from "../avro/json.ts"
import { parseAvro } from "../avro/parse/parse.ts"
import type { Attributes, AvroField, AvroType, PrimitiveKind } from "../avro/type.ts"
import { avroField } from "./avro-field.ts"
import type { Known } from "./avro-annotations.ts"
import { AvroFormError, type AvroFormOffence } from "./avro-form-error.ts"
import { type ContractCheck, carryCheck, readChecks } from "./check-conversion.ts"
import { encodedSide } from "./encoded-side.ts"
import { isNamed, NamedTypes, type Place } from "./named-types.ts"
import { remedyFor } from "./remedy.ts"
import { literalStrings, restricted } from "./string-literals.ts"
import { inOrder } from "./union-branches.ts"
import { withAttributes } from "./with-attributes.ts"

export interface ToAvroOptions {
  /** The name of the outermost record or enum, with or without its namespace; wins over the schema's own. */
  readonly name?: string
  /** The namespace of every named type that does not say its own. */
  readonly namespace?: string
}

/**
 * The Avro type of a schema's encoded side: structs are records (named by `identifier`, `avro.name` or their place), `Int` is
 * long, `Number` double, `BigInt` long as a bigint, string literals an enum, `NullOr` and optional keys unions with null,
 * records of strings maps. Checks travel as the attribute `millrace.checks`; transformations are the reader's own affair.
 * @throws AvroFormError with everything in the schema that has no Avro form.
 */
export const toAvro = (schema: Schema.Top, options: ToAvroOptions = {}): AvroType => {
  const converter = new Converter()
  const place: Place = {
    path: "",
    namespace: options.namespace ?? "",
    hint: options.name ?? "",
    ...(options.name === undefined ? {} : { fixedName: options.name })
  }
  const type = converter.convert(schema.ast, place)
  if (type === undefined || converter.offences.length > 0) throw new AvroFormError(converter.offences)
  const parsed = parseAvro(toJson(type))
  if ("ok" in parsed) return parsed.ok
  const { path, message, remedy } = parsed.error
  throw new AvroFormError([{ path, problem: message, remedy }])
}

const maxDepth = 64

type Tagged<Tag extends SchemaAST.AST["_tag"]> = Extract<SchemaAST.AST, { _tag: Tag }>

class Converter {
  readonly offences: AvroFormOffence[] = []
  private readonly named = new NamedTypes((offence) => this.offend(offence))
  private depth = 0

  private offend(offence: AvroFormOffence): undefined {
    this.offences.push(offence)
    return undefined
  }

  convert(ast: SchemaAST.AST, at: Place): AvroType | undefined {
    if (this.depth >= maxDepth) {
      return this.offend({
        path: at.path,
        problem: `the schema is nested deeper than ${maxDepth}`,
        remedy: "Flatten it."
      })
    }
    this.depth++
    try {
      const side = encodedSide(ast, {})
      return this.encoded(side.ast, side.said, at)
    } finally {
      this.depth--
    }
  }

  private encoded(ast: SchemaAST.AST, said: Known, at: Place): AvroType | undefined {
    const given = said["avro.type"]
    const attributes = said["avro.attributes"] ?? {}
    if (given !== undefined) {
      const { checks } = this.checks(ast, at)
      return this.checked(this.named.adopt(given, said, at), checks, attributes, at)
    }
    const { checks, whole } = this.checks(ast, at)
    const type = this.byTag(ast, said, at, whole)
    return type === undefined ? undefined : this.checked(type, checks, attributes, at)
  }

  private checked(
    type: AvroType,
    checks: readonly ContractCheck[],
    attributes: Attributes,
    at: Place
  ): AvroType | undefined {
    if (checks.length > 0 && (type.kind === "union" || isNamed(type))) {
      const problem = `a check stands on a ${type.kind}`
      return this.offend({
        path: at.path,
        problem,
        remedy: "Check what is within it: its branches, fields or items."
      })
    }
    const own = "attributes" in type ? readChecks(type.attributes["millrace.checks"]) : []
    return withAttributes(type, { ...attributes, ...carried([...own, ...checks]) })
  }

  private byTag(ast: SchemaAST.AST, said: Known, at: Place, whole: boolean): AvroType | undefined {
    switch (ast._tag) {
      case "Null":
        return primitive("null")
      case "Boolean":
        return primitive("boolean")
      case "String":
        return primitive("string")
      case "Number":
        return primitive(whole ? "long" : "double")
      case "BigInt":
        return { kind: "long", attributes: { "millrace.js": "bigint" } }
      case "Literal":
      case "Enum":
        return this.literals(ast, said, at)
      case "Arrays":
        return this.array(ast, at)
      case "Objects":
        return this.object(ast, said, at)
      case "Union":
        return this.union(ast, said, at)
      case "Suspend":
        return this.convert(ast.thunk(), at)
      case "Declaration":
        return this.declaration(ast, at)
      default:
        return this.offend({
          path: at.path,
          problem: `${ast._tag} has no Avro form`,
          remedy: remedyFor(ast._tag)
        })
    }
  }

  private declaration(ast: Tagged<"Declaration">, at: Place): AvroType | undefined {
    const representation: unknown = ast.annotations?.["representation"]
    const id =
      typeof representation === "object" && representation !== null && "id" in representation
        ? String(representation.id).replace("effect/schema/", "")
        : "a type of your own"
    if (id === "Uint8Array") return primitive("bytes")
    return this.offend({ path: at.path, problem: `${id} has no Avro form`, remedy: remedyFor(id) })
  }

  /** Those that stand after the type's own, which the type already means. */
  private checks(
    ast: SchemaAST.AST,
    at: Place
  ): { readonly checks: readonly ContractCheck[]; readonly whole: boolean } {
    const all = ast.checks ?? []
    const own = all.findLastIndex((check) => check.annotations?.["avro.type"] !== undefined)
    const checks: ContractCheck[] = []
    let whole = false
    for (const check of all.slice(own + 1)) {
      const result = carryCheck(check)
      if ("problem" in result) this.offend({ path: at.path, ...result })
      else {
        checks.push(...result.carried)
        whole ||= result.whole === true
      }
    }
    return { checks, whole }
  }

  private literals(ast: Tagged<"Literal" | "Enum" | "Union">, said: Known, at: Place): AvroType | undefined {
    const symbols = literalStrings(ast)
    if (symbols === undefined) {
      const problem = "only literals that are strings have an Avro form"
      return this.offend({
        path: at.path,
        problem,
        remedy: "Use Schema.Int, Schema.Number or Schema.Boolean, with a check."
      })
    }
    const key = ast._tag === "Union" ? ast.types : ast._tag === "Enum" ? ast.enums : ast
    return restricted(symbols) ?? this.named.enum(symbols, key, said, at)
  }

  private array(ast: Tagged<"Arrays">, at: Place): AvroType | undefined {
    const [item, ...others] = ast.rest
    // A non-empty array is one element and a rest of the same type.
    const tuple = ast.elements.some((element) => element !== item)
    if (item === undefined || tuple || others.length > 0) {
      const problem = "a tuple has no Avro form"
      return this.offend({ path: at.path, problem, remedy: "Use a Struct, or an Array of one type." })
    }
    const items = this.convert(item, { ...inner(at, "[]"), hint: `${at.hint}_item` })
    if (items === undefined) return undefined
    const least: readonly ContractCheck[] =
      ast.elements.length === 0 ? [] : [{ check: "minLength", value: ast.elements.length }]
    return { kind: "array", items, attributes: carried(least) }
  }

  private object(ast: Tagged<"Objects">, said: Known, at: Place): AvroType | undefined {
    const [index, ...more] = ast.indexSignatures
    if (index === undefined) {
      return this.named.record(ast.propertySignatures, said, at, (place) => this.fields(ast, place))
    }
    const plainKeys = index.parameter._tag === "String" && index.parameter.checks === undefined
    if (
      more.length > 0 ||
      ast.propertySignatures.length > 0 ||
      !plainKeys ||
      index.parameter.encoding !== undefined
    ) {
      const problem = "a record of this form has no Avro form"
      return this.offend({
        path: at.path,
        problem,
        remedy: "Use a Struct, or Schema.Record(Schema.String, value)."
      })
    }
    const values = this.convert(index.type, { ...inner(at, "{}"), hint: `${at.hint}_value` })
    return values === undefined ? undefined : { kind: "map", values, attributes: {} }
  }

  private fields(ast: Tagged<"Objects">, at: Place): readonly AvroField[] {
    return ast.propertySignatures.flatMap((property) => {
      const { name } = property
      if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        this.offend({
          path: at.path,
          problem: `${JSON.stringify(String(name))} is not a name in Avro`,
          remedy: `Call the field otherwise, and say where it comes from: .annotateKey({ "millrace.source": ${JSON.stringify(String(name))} }).`
        })
        return []
      }
      const path = at.path === "" ? name : `${at.path}.${name}`
      const type = this.convert(property.type, { path, namespace: at.namespace, hint: `${at.hint}_${name}` })
      return type === undefined ? [] : [avroField(name, property.type, type)]
    })
  }

  private union(ast: Tagged<"Union">, said: Known, at: Place): AvroType | undefined {
    if (literalStrings(ast) !== undefined) return this.literals(ast, said, at)
    const members = ast.types.filter((member) => member._tag !== "Undefined" && member._tag !== "Literal")
    const literals = ast.types.filter((member) => member._tag === "Literal")
    const several =
      members.filter((member) => member._tag !== "Null").length + Math.min(1, literals.length) > 1
    const hinted = (index: number): Place =>
      several ? { ...inner(at, ""), hint: `${at.hint}_${index}` } : at
    const branches = members.map((member, index) => this.convert(member, hinted(index)))
    if (literals.length > 0) branches.push(this.looseLiterals(literals, ast, hinted(members.length)))
    if (branches.includes(undefined)) return undefined
    const flat = branches.flatMap((branch) => (branch?.kind === "union" ? branch.branches : (branch ?? [])))
    if (ast.types.some((member) => member._tag === "Undefined")) flat.unshift(primitive("null"))
    const result = inOrder(flat, said["avro.keepOrder"] === true)
    return "problem" in result ? this.offend({ path: at.path, ...result }) : result
  }

  /** Literals beside other types in one union are one enum. */
  private looseLiterals(
    literals: readonly Tagged<"Literal">[],
    union: Tagged<"Union">,
    at: Place
  ): AvroType | undefined {
    const symbols = literals.map((literal) => literal.literal).filter((value) => typeof value === "string")
    if (symbols.length === literals.length)
      return restricted(symbols) ?? this.named.enum(symbols, union.types, {}, at)
    const problem = "only literals that are strings have an Avro form"
    return this.offend({
      path: at.path,
      problem,
      remedy: "Use Schema.Int, Schema.Number or Schema.Boolean, with a check."
    })
  }
}

const inner = (at: Place, step: string): Place => ({
  path: `${at.path}${step}`,
  namespace: at.namespace,
  hint: at.hint
})

const primitive = (kind: PrimitiveKind): AvroType => ({ kind, attributes: {} })

const carried = (checks: readonly ContractCheck[]): Attributes =>
  checks.length === 0 ? {} : { "millrace.checks": checks }
