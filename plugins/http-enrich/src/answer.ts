/** What came of a question for one record. */
export type Answer =
  | { readonly is: "found"; readonly value: unknown }
  | { readonly is: "missing"; readonly reason: string }
  | { readonly is: "failed"; readonly reason: string }

export const failed = (reason: string): Answer => ({ is: "failed", reason })

/** Found, unless it is null or nothing. */
export const foundOr = (value: unknown, reason: string): Answer =>
  value === null || value === undefined ? { is: "missing", reason } : { is: "found", value }

/** A place in a document as people read it: `films.2.rating`. */
export const dotted = (parts: readonly unknown[]): string =>
  parts.length === 0 ? "its top" : parts.map(String).join(".")

/** Enough of a text to know an error by. */
export const shortened = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
