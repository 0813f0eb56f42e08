import { defaultLimits } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { maxReferences } from "../../subject/schema/references.ts"
import type { GivenSchema } from "../../subject/schema/schema-draft.ts"
import { Annotation, SchemaReference } from "../../subject/schema/schema-rows.ts"
import { type ConfluentError, refusals } from "../reply/confluent-error.ts"
import { maxNumber } from "./version-number.ts"

/** Clients send null for what they leave out. */
const optional = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const Number32 = Schema.Int.check(Schema.isBetween({ minimum: -1, maximum: maxNumber }))

const Metadata = Schema.Struct({
  tags: optional(Schema.Record(Schema.String, Schema.Array(Schema.String))),
  properties: optional(Schema.Record(Schema.String, Schema.String)),
  sensitive: optional(Schema.Array(Schema.String))
})

const SchemaBody = Schema.Struct({
  schema: optional(Schema.String),
  schemaType: optional(Schema.String),
  references: optional(
    Schema.Array(Schema.Struct({ ...SchemaReference.fields, version: Number32 })).check(
      Schema.isMaxLength(maxReferences)
    )
  ),
  metadata: optional(Metadata),
  ruleSet: optional(Annotation),
  id: optional(Number32),
  version: optional(Number32)
})

/** A schema as a request brings it. */
export interface SentSchema {
  readonly given: GivenSchema
  readonly id?: number
  readonly version?: number
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Decodes a body, without minding what it holds besides; fails with 400 and the place. */
export const decodeBody = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  body: unknown
): Effect.Effect<S["Type"], ConfluentError> =>
  Schema.decodeUnknownEffect(schema)(body).pipe(
    Effect.mapError(({ issue }) => {
      const [first] = format(issue).issues
      const place = (first?.path ?? []).map(String).join(".")
      return refusals.badRequest(
        `The body is refused${place === "" ? "" : ` at ${place}`}: ${first?.message ?? "it does not fit"}`
      )
    })
  )

const annotation = (value: object | null | undefined): Annotation | undefined => {
  const entries = Object.entries(value ?? {}).filter(([, inner]) => inner !== null)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** The schema of a request's body. Fails with 42201 when there is none or it is not Avro, with 42209 when it is too large. */
export const sentSchema = Effect.fnUntraced(function* (body: unknown, normalize: boolean) {
  const sent = yield* decodeBody(SchemaBody, body)
  const type = (sent.schemaType ?? "").toUpperCase()
  if (type !== "" && type !== "AVRO")
    return yield* refusals.invalidSchema(
      `Invalid schema type ${type.slice(0, 80)}: this registry keeps Avro schemas alone. Send the schemaType AVRO, or leave it out.`
    )
  const schema = sent.schema ?? ""
  if (schema.trim() === "")
    return yield* refusals.invalidSchema("Empty schema: the body has no text in `schema`.")
  if (schema.length > defaultLimits.maxTextLength)
    return yield* refusals.tooLarge(`The schema is longer than ${defaultLimits.maxTextLength} characters.`)
  const metadata = annotation(sent.metadata)
  const ruleSet = annotation(sent.ruleSet)
  if (JSON.stringify([metadata, ruleSet]).length > defaultLimits.maxTextLength)
    return yield* refusals.tooLarge(
      `Metadata and rules are longer than ${defaultLimits.maxTextLength} characters.`
    )
  const { id, version } = sent
  const result: SentSchema = {
    given: {
      schema,
      references: sent.references ?? [],
      normalize,
      ...(metadata === undefined ? {} : { metadata }),
      ...(ruleSet === undefined ? {} : { ruleSet })
    },
    ...(typeof id === "number" && id >= 0 ? { id } : {}),
    ...(typeof version === "number" && version > 0 ? { version } : {})
  }
  return result
})
