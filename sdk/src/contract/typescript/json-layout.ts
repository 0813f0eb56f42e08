import type { Json } from "../../avro/type.ts"
import { type Layout, listLayout, objectLayout, quoted } from "./layout.ts"

/** A JSON value as an expression of TypeScript. */
export const jsonLayout = (value: Json): Layout => {
  if (isArray(value)) return listLayout(value.map(jsonLayout))
  if (typeof value === "object" && value !== null)
    return objectLayout(Object.entries(value).map(([key, item]) => [key, jsonLayout(item)]))
  return typeof value === "string" ? quoted(value) : JSON.stringify(value)
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value)
