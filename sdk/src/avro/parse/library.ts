import type { NamedType } from "../type.ts"

/**
 * Named types that a schema may refer to without defining them: those of the schemas that were parsed before it, as a
 * schema registry's references give them; each with how many types deep it goes.
 */
export interface AvroLibrary {
  /** By full name. */
  readonly types: ReadonlyMap<string, NamedType>
  readonly heights: ReadonlyMap<NamedType, number>
}

/** What a schema that stands for itself refers to. */
export const emptyLibrary: AvroLibrary = { types: new Map(), heights: new Map() }
