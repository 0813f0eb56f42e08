import { createHash } from "node:crypto"
import { type ApiError, apiError } from "@millrace/sdk/api"
import {
  type AvroLibrary,
  type AvroSchemaError,
  type AvroType,
  parseAvroWith,
  schemaText,
  sortAttributes,
  toJsonWith
} from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import { canonicalJson } from "../../canonical-json.ts"
import { resolveReferences } from "./references.ts"
import { type Annotation, latestOf, type SchemaReference, type VersionRow } from "./schema-rows.ts"
import { placeText, placeWithin, type SubjectPlace } from "../subject-place.ts"

/** A schema as somebody sends it. */
export interface GivenSchema {
  /** Avro, as JSON or as its text. */
  readonly schema: unknown
  readonly references?: readonly SchemaReference[]
  readonly metadata?: Annotation
  readonly ruleSet?: Annotation
  /** Whether attributes, and references, are put in order first. */
  readonly normalize?: boolean
}

/** A schema that was read, and is not stored yet. */
export interface SchemaDraft {
  /** With the types that it refers to. */
  readonly type: AvroType
  /** Without them: what is stored. */
  readonly text: string
  /** With them in their places. */
  readonly whole: string
  readonly references: readonly SchemaReference[]
  readonly metadata: Annotation | undefined
  readonly ruleSet: Annotation | undefined
  /** Its identity: schemas of one digest in one context have one id. */
  readonly sha256: string
  /** The versions that it refers to, without those that these refer to. */
  readonly targets: readonly VersionRow[]
}

const refused = ({ message, path }: AvroSchemaError): ApiError =>
  apiError("SCHEMA_INVALID", { problem: message }, path === "" ? "schema" : `schema.${path}`)

const parse = (input: unknown, library: AvroLibrary): Effect.Effect<AvroType, ApiError> => {
  const parsed = parseAvroWith(input, library)
  return "ok" in parsed ? Effect.succeed(parsed.ok) : Effect.fail(refused(parsed.error))
}

/** -1 is the latest version at the time of registration. */
const withVersions = Effect.fnUntraced(function* (context: string, references: readonly SchemaReference[]) {
  return yield* Effect.forEach(
    references,
    Effect.fnUntraced(function* (reference) {
      if (reference.version !== -1) return reference
      const place = placeWithin(context, reference.subject)
      const latest = yield* latestOf(place)
      if (latest !== undefined) return { ...reference, version: latest.version }
      return yield* apiError(
        "SCHEMA_REFERENCE_UNKNOWN",
        { subject: placeText(place), version: "latest" },
        "references"
      )
    })
  )
})

const referenceKey = ({ name, subject, version }: SchemaReference): string =>
  JSON.stringify([name, subject, version])

const inOrder = (references: readonly SchemaReference[]): readonly SchemaReference[] =>
  [...new Map(references.map((reference) => [referenceKey(reference), reference])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, reference]) => reference)

type Identity = Pick<SchemaDraft, "metadata" | "references" | "ruleSet" | "text">

/** The digest of a schema that is nothing but its text. */
export const digestOfText = (text: string): string => createHash("sha256").update(text).digest("hex")

/** Of the text alone where there is nothing else, as it was before there was anything else. */
const digestOf = ({ metadata, references, ruleSet, text }: Identity): string => {
  const isBare = references.length === 0 && metadata === undefined && ruleSet === undefined
  const identity = isBare ? text : canonicalJson([text, references, metadata ?? null, ruleSet ?? null])
  return digestOfText(identity)
}

/** Reads a schema for a subject's context. Fails with SCHEMA_INVALID or SCHEMA_REFERENCE_UNKNOWN, and the place. */
export const draftSchema = Effect.fnUntraced(function* ({ context }: SubjectPlace, given: GivenSchema) {
  const versioned = yield* withVersions(context, given.references ?? [])
  const references = given.normalize === true ? inOrder(versioned) : versioned
  const { library, targets } = yield* resolveReferences(context, references)
  const read = yield* parse(given.schema, library)
  const type =
    given.normalize === true ? yield* parse(sortAttributes(toJsonWith(read, library)), library) : read
  const text = JSON.stringify(toJsonWith(type, library))
  const { metadata, ruleSet } = given
  const draft: SchemaDraft = {
    type,
    text,
    whole: references.length === 0 ? text : schemaText(type),
    references,
    metadata,
    ruleSet,
    sha256: digestOf({ text, references, metadata, ruleSet }),
    targets
  }
  return draft
})
