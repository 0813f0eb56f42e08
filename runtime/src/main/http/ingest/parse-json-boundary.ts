import type { Json } from "@millrace/sdk/avro"

/** Parses JSON; `JSON.parse` gives nothing but {@link Json}. A `__proto__` becomes an own property, like any other key. */
export const parseJsonText = (text: string): { readonly json: Json } | { readonly problem: string } => {
  try {
    return { json: JSON.parse(text) as Json }
  } catch {
    // The parser's own words quote the text, which is the sender's.
    return { problem: "it is not JSON" }
  }
}
