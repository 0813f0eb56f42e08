import { schemaText } from "./json.ts"
import type { AvroType } from "./type.ts"

/** Whether two types are equal in everything, docs and custom attributes included; safe on recursive types. */
export const sameType = (a: AvroType, b: AvroType): boolean => a === b || schemaText(a) === schemaText(b)
