import type { Attributes, AvroType } from "../avro/type.ts"
import { isNamed } from "./named-types.ts"

/** The type with further attributes. A union has no place for any; a named type must have had them when it was made, since others refer to it. */
export const withAttributes = (type: AvroType, attributes: Attributes): AvroType => {
  if (type.kind === "union" || isNamed(type) || Object.keys(attributes).length === 0) return type
  return { ...type, attributes: { ...type.attributes, ...attributes } }
}
