import type { ErrorDefinition } from "@millrace/sdk/api"

/** What docs/errors.md says of a code. */
export type Row = Pick<ErrorDefinition, "message" | "where" | "why" | "remedy">

/** The codes of one area; with a union of codes, exactly those. */
export type Rows<C extends string = string> = { readonly [code in C]: Row }

/** A chapter of docs/errors.md. */
export interface Area {
  readonly title: string
  /** Who sees these codes, and in what form: one paragraph. */
  readonly about: string
  readonly rows: Rows
}
