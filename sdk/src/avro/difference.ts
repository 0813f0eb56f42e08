import { label } from "./label.ts"
import type {
  Attributes,
  AvroField,
  AvroType,
  EnumType,
  Json,
  NamedType,
  RecordType,
  UnionType
} from "./type.ts"

export type SchemaChangeKind =
  | "added"
  | "removed"
  | "renamed"
  | "moved"
  | "typeChanged"
  | "defaultChanged"
  | "docChanged"
  | "aliasesChanged"
  | "orderChanged"
  | "attributesChanged"
  | "symbolsChanged"
  | "branchesChanged"

/** One difference: `from` is absent for what was added, `to` for what was removed. Both are short texts for people. */
export interface SchemaChange {
  /** A field's path in the new schema (in the old one when it was removed): `address.lines[]`; empty for the whole. */
  readonly path: string
  readonly change: SchemaChangeKind
  readonly from?: string
  readonly to?: string
}

/**
 * Everything in which two schemas differ, field by field, in the new schema's order. A field or type that names the old one as
 * an alias was renamed. Each named type is compared once, at its first place.
 */
export const diffSchemas = (old: AvroType, fresh: AvroType): readonly SchemaChange[] => {
  const difference = new Difference()
  difference.types(old, fresh, "")
  return difference.changes
}

/** The changes as lines: `+ address.zip: string`, `- rating: double`, `~ title: type string -> [null, string]`. */
export const renderChanges = (changes: readonly SchemaChange[]): string =>
  changes.map(renderChange).join("\n")

const renderChange = ({ path, change, from, to }: SchemaChange): string => {
  const place = path === "" ? "(schema)" : path
  if (change === "added") return `+ ${place}: ${to}`
  if (change === "removed") return `- ${place}: ${from}`
  return `~ ${place}: ${words[change]} ${from ?? "none"} -> ${to ?? "none"}`
}

const words: { readonly [change in Exclude<SchemaChangeKind, "added" | "removed">]: string } = {
  renamed: "renamed",
  moved: "moved from place",
  typeChanged: "type",
  defaultChanged: "default",
  docChanged: "doc",
  aliasesChanged: "aliases",
  orderChanged: "order",
  attributesChanged: "attributes",
  symbolsChanged: "symbols",
  branchesChanged: "branches"
}

const isNamed = (type: AvroType): type is NamedType =>
  type.kind === "record" || type.kind === "enum" || type.kind === "fixed"

class Difference {
  readonly changes: SchemaChange[] = []
  private readonly seen = new Map<NamedType, Set<NamedType>>()

  private change(
    path: string,
    change: SchemaChangeKind,
    from: string | undefined,
    to: string | undefined
  ): void {
    if (from === to) return
    this.changes.push({
      path,
      change,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to })
    })
  }

  types(old: AvroType, fresh: AvroType, path: string): void {
    if (old === fresh) return
    if (isNamed(old) && isNamed(fresh) && old.kind === fresh.kind) return this.named(old, fresh, path)
    if (old.kind === "union" && fresh.kind === "union") return this.unions(old, fresh, path)
    if (old.kind === "array" && fresh.kind === "array") {
      this.attributes(old.attributes, fresh.attributes, path)
      return this.types(old.items, fresh.items, `${path}[]`)
    }
    if (old.kind === "map" && fresh.kind === "map") {
      this.attributes(old.attributes, fresh.attributes, path)
      return this.types(old.values, fresh.values, `${path}{}`)
    }
    this.change(path, "typeChanged", label(old), label(fresh))
    // Of different types, or of logical types, nothing more is to be compared.
    if (old.kind !== fresh.kind || old.kind === "union" || fresh.kind === "union") return
    this.attributes(old.attributes, fresh.attributes, path)
  }

  private named(old: NamedType, fresh: NamedType, path: string): void {
    const compared = this.seen.get(old) ?? new Set<NamedType>()
    if (compared.has(fresh)) return
    this.seen.set(old, compared.add(fresh))
    const renamed = fresh.aliases.includes(old.name)
    this.change(path, renamed ? "renamed" : "typeChanged", fullLabel(old), fullLabel(fresh))
    this.change(path, "docChanged", quote(old.doc), quote(fresh.doc))
    this.change(path, "aliasesChanged", joined(old.aliases), joined(fresh.aliases))
    this.attributes(old.attributes, fresh.attributes, path)
    if (old.kind === "record" && fresh.kind === "record") this.fields(old, fresh, path)
    if (old.kind === "enum" && fresh.kind === "enum") this.symbols(old, fresh, path)
    if (old.kind === "fixed" && fresh.kind === "fixed") {
      this.change(path, "typeChanged", `${old.size} bytes`, `${fresh.size} bytes`)
    }
  }

  private fields(old: RecordType, fresh: RecordType, path: string): void {
    const oldFields = new Map(old.fields.map((field) => [field.name, field]))
    const kept = new Map<AvroField, AvroField>()
    for (const field of fresh.fields) {
      const same = oldFields.get(field.name)
      if (same !== undefined) kept.set(field, same)
    }
    const taken = new Set(kept.values())
    for (const field of fresh.fields) {
      if (kept.has(field)) continue
      const alias = field.aliases
        .map((name) => oldFields.get(name))
        .find((found) => found !== undefined && !taken.has(found))
      if (alias === undefined) continue
      kept.set(field, alias)
      taken.add(alias)
    }
    const oldOrder = old.fields.filter((field) => taken.has(field))
    const freshOrder = fresh.fields.filter((field) => kept.has(field))
    for (const field of fresh.fields) {
      const place = join(path, field.name)
      const before = kept.get(field)
      if (before === undefined) this.change(place, "added", undefined, described(field))
      else {
        this.field(before, field, place)
        const [from, to] = [oldOrder.indexOf(before) + 1, freshOrder.indexOf(field) + 1]
        this.change(place, "moved", String(from), String(to))
      }
    }
    for (const field of old.fields) {
      if (!taken.has(field)) this.change(join(path, field.name), "removed", described(field), undefined)
    }
  }

  private field(old: AvroField, fresh: AvroField, path: string): void {
    this.change(path, "renamed", old.name, fresh.name)
    this.types(old.type, fresh.type, path)
    this.change(path, "defaultChanged", json(old.default?.value), json(fresh.default?.value))
    this.change(path, "docChanged", quote(old.doc), quote(fresh.doc))
    this.change(path, "aliasesChanged", joined(old.aliases), joined(fresh.aliases))
    this.change(path, "orderChanged", old.order, fresh.order)
    this.attributes(old.attributes, fresh.attributes, path)
  }

  private symbols(old: EnumType, fresh: EnumType, path: string): void {
    this.change(path, "symbolsChanged", old.symbols.join(", "), fresh.symbols.join(", "))
    this.change(path, "defaultChanged", old.default, fresh.default)
  }

  private unions(old: UnionType, fresh: UnionType, path: string): void {
    this.change(path, "branchesChanged", names(old), names(fresh))
    for (const branch of fresh.branches) {
      const before = old.branches.find((other) => branchName(other) === branchName(branch))
      if (before !== undefined) this.types(before, branch, path)
    }
  }

  private attributes(old: Attributes, fresh: Attributes, path: string): void {
    for (const name of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
      const [from, to] = [own(old, name), own(fresh, name)]
      if (from !== to)
        this.change(path, "attributesChanged", `${name} ${from ?? "none"}`, `${name} ${to ?? "none"}`)
    }
  }
}

/** The label of a fixed with a logical type does not tell its name. */
const fullLabel = (type: NamedType): string =>
  type.kind === "fixed" && type.logical !== undefined ? `${label(type)} ${type.name}` : label(type)

const branchName = (type: AvroType): string => (isNamed(type) ? type.name : type.kind)

const names = (union: UnionType): string => union.branches.map(branchName).join(", ")

const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`)

const joined = (aliases: readonly string[]): string | undefined =>
  aliases.length === 0 ? undefined : aliases.join(", ")

const quote = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : JSON.stringify(text)

const json = (value: Json | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value)

const own = (attributes: Attributes, name: string): string | undefined =>
  Object.hasOwn(attributes, name) ? JSON.stringify(attributes[name]) : undefined

const described = (field: AvroField): string => {
  const value = field.default === undefined ? "" : ` = ${JSON.stringify(field.default.value)}`
  return `${label(field.type)}${value}`
}
