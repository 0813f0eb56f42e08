import type { PrimitiveKind } from "../type.ts"

const simple = /^[A-Za-z_][A-Za-z0-9_]*$/
const dotted = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/

const primitiveKinds: ReadonlySet<string> = new Set<PrimitiveKind>([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "bytes",
  "string"
])

export const isPrimitiveKind = (name: string): name is PrimitiveKind => primitiveKinds.has(name)

/** A field's, a symbol's, or the last part of a type's name. (Avro 1.12 §Names) */
export const isSimpleName = (name: string): boolean => simple.test(name)

/** Simple names joined by dots: a type's full name, or a namespace. */
export const isDottedName = (name: string): boolean => dotted.test(name)

/** What stands before the last dot; empty for a name without a namespace. */
export const namespaceOf = (fullName: string): string =>
  fullName.slice(0, Math.max(0, fullName.lastIndexOf(".")))

/** What stands after the last dot: by this, types match in resolution. */
export const unqualified = (fullName: string): string => fullName.slice(fullName.lastIndexOf(".") + 1)

/** A name with a dot is full already; any other is of the namespace. */
export const qualify = (name: string, namespace: string): string =>
  name.includes(".") || namespace === "" ? name : `${namespace}.${name}`
