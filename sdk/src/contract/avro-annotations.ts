import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"

import type { AvroType, Json } from "../avro/type.ts"

/**
 * What a schema can say about its Avro form, by `.annotate` (of the type) or `.annotateKey` (of the field it stands in).
 * A scalar's own annotations count for its field too, so `Schema.String.annotate({ "millrace.sensitive": true })` is enough.
 * `description` becomes the doc, and `identifier` the name of a record or enum, where "avro.name" says nothing else.
 */
export interface AvroAnnotations {
  /** The name of the record or enum, with or without its namespace. */
  readonly "avro.name"?: string
  /** The namespace; "" for none. Absent: that of the type around. */
  readonly "avro.namespace"?: string
  /** Earlier names, by which a reader finds what older writers wrote: of the type, or of the field (`annotateKey`). */
  readonly "avro.aliases"?: readonly string[]
  /** Of a field, as in the schema's JSON: null, 0, "", [], {}; bytes as code points 0-255. */
  readonly "avro.default"?: Json
  /** How the field sorts. Absent: ascending. */
  readonly "avro.order"?: "ascending" | "descending" | "ignore"
  /** A union with null has null first; true keeps it where it stands. */
  readonly "avro.keepOrder"?: boolean
  /** The whole type, instead of what would be made of the schema. Named types without a namespace take that around them. */
  readonly "avro.type"?: AvroType
  /** Any other attributes, of the type or of the field. */
  readonly "avro.attributes"?: { readonly [name: string]: Json }
  /** Of a field: its name at the source where Avro does not allow that name: "IMDB Rating". */
  readonly "millrace.source"?: string
  /** Of a field: masked wherever a person sees records. */
  readonly "millrace.sensitive"?: boolean
}

declare module "effect/Schema" {
  namespace Annotations {
    // oxlint-disable-next-line typescript/no-empty-object-type -- an augmentation adds members by extending
    interface Annotations extends AvroAnnotations {}
  }
}

export type Known = AvroAnnotations & { readonly identifier?: string; readonly description?: string }

/** A node's annotations, those of its checks included: `annotate` after `check` lands on the last check. */
export const typeAnnotations = (ast: SchemaAST.AST): Known => {
  return [ast, ...(ast.checks ?? [])].reduce<Known>(
    (merged, node) => ({ ...merged, ...known(node.annotations) }),
    {}
  )
}

/** The annotations of the key that a node stands at. */
export const keyAnnotations = (ast: SchemaAST.AST): Known => known(ast.context?.annotations)

/** Only ours and the two of Effect's that count, and only where they were given. */
const known = (annotations: Schema.Annotations.Annotations | undefined): Known =>
  Object.fromEntries(
    Object.entries(annotations ?? {}).filter(([key, value]) => counts.test(key) && value !== undefined)
  )

const counts = /^(?:identifier|description|avro\..*|millrace\..*)$/
