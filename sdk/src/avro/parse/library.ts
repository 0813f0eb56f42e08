import type { NamedType } from "../type.ts"

/**
 * Named types that a schema may refer to without defining them: those of the schemas that were parsed before it, as a
 * schema registry's references give them; each with how many types deep it goes.
 */
export interface AvroLibrary {
  /** By full name. */
  readonly types: Map<string, NamedType>
  readonly heights: Map<NamedType, number>
}

/** A library with nothing in it, to be filled by `addToLibrary`. */
export const makeLibrary = (): AvroLibrary => ({ types: new Map(), heights: new Map() })
