import { unqualified } from "./parse/name.ts"
import type { AvroType, NamedType, PrimitiveKind, RecordType, UnionType } from "./type.ts"

const promotions: { readonly [from in PrimitiveKind]?: readonly string[] } = {
  int: ["long", "float", "double"],
  long: ["float", "double"],
  float: ["double"],
  string: ["bytes"],
  bytes: ["string"]
}

/** Whether every value of one primitive type is read as another. (Avro 1.12 §Schema Resolution) */
export const promotes = (from: AvroType, to: AvroType): boolean => {
  switch (from.kind) {
    case "int":
    case "long":
    case "float":
    case "string":
    case "bytes":
      return promotions[from.kind]?.includes(to.kind) === true
    default:
      return false
  }
}

/** By unqualified name, or by an alias of the reader's. */
export const namesMatch = (writer: NamedType, reader: NamedType): boolean =>
  [reader.name, ...reader.aliases].some((name) => unqualified(name) === unqualified(writer.name))

/** The branch of the reader's union that takes the writer's type: full name, full alias, unqualified; same kind, promotion; or -1. */
export const branchFor = (writer: Exclude<AvroType, UnionType>, reader: UnionType): number => {
  const choose = (fits: (branch: AvroType) => boolean): number => reader.branches.findIndex(fits)
  if (!("name" in writer)) {
    const exact = choose((branch) => branch.kind === writer.kind)
    return exact === -1 ? choose((branch) => promotes(writer, branch)) : exact
  }
  const named = (fits: (branch: NamedType) => boolean) =>
    choose((branch) => branch.kind === writer.kind && "name" in branch && fits(branch))
  const byFullName = named((branch) => branch.name === writer.name)
  if (byFullName !== -1) return byFullName
  const byFullAlias = named((branch) => branch.aliases.includes(writer.name))
  return byFullAlias === -1 ? named((branch) => namesMatch(writer, branch)) : byFullAlias
}

/** For each field of the reader the index of the writer's field that it takes, or -1. */
export const fieldSources = (writer: RecordType, reader: RecordType): readonly number[] => {
  const indexes = new Map(writer.fields.map((field, index) => [field.name, index]))
  const sources = reader.fields.map((field) => indexes.get(field.name) ?? -1)
  const taken = new Set(sources)
  reader.fields.forEach((field, readerIndex) => {
    if (sources[readerIndex] !== -1) return
    const alias = field.aliases
      .map((name) => indexes.get(name))
      .find((index) => index !== undefined && !taken.has(index))
    if (alias === undefined) return
    sources[readerIndex] = alias
    taken.add(alias)
  })
  return sources
}
