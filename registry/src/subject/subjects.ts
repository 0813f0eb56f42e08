import {
  type ApiError,
  apiError,
  type CompatibilityMode,
  type CompatibilityReport,
  type PageQuery,
  type SubjectSummary,
  type SubjectVersion
} from "@millrace/sdk/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditLog } from "../audit/audit-log.ts"
import { Database } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import { wholeText } from "./schema/references.ts"
import { schemaRow } from "./schema/schema-rows.ts"
import { knownSubject, knownSubjectVersion, listSubjects, shownVersions } from "./subject-rows.ts"
import { check, keep, type NewSchema, register, setCompatibility } from "./subject-writes.ts"

export type { NewSchema } from "./subject-writes.ts"

export interface SubjectsShape {
  readonly list: (
    page: PageQuery
  ) => Effect.Effect<
    { readonly subjects: readonly SubjectSummary[]; readonly next: string | null },
    StoreError
  >
  /** Versions, oldest first. */
  readonly versions: (
    subject: string
  ) => Effect.Effect<SubjectSummary & { readonly versions: readonly SubjectVersion[] }, ApiError | StoreError>
  readonly version: (
    subject: string,
    version: number | "latest"
  ) => Effect.Effect<SubjectVersion, ApiError | StoreError>
  /** Registers a schema. The same text again answers the version that has it. Fails with SCHEMA_INCOMPATIBLE and the differences. */
  readonly register: (schema: NewSchema) => Effect.Effect<SubjectVersion, ApiError | StoreError>
  /** Keeps a schema of the platform's own, which no subject shows; answers its id. */
  readonly keep: (text: string) => Effect.Effect<number, ApiError | StoreError>
  /** What `register` would say. */
  readonly check: (
    subject: string,
    schema: unknown
  ) => Effect.Effect<CompatibilityReport, ApiError | StoreError>
  readonly setCompatibility: (
    subject: string,
    mode: CompatibilityMode,
    actor: string
  ) => Effect.Effect<SubjectSummary, ApiError | StoreError>
  readonly schema: (id: number) => Effect.Effect<StoredSchema, ApiError | StoreError>
}

/** Schemas by subject and version. */
export class Subjects extends Context.Service<Subjects, SubjectsShape>()("@millrace/registry/Subjects") {
  static readonly layer = Layer.effect(
    Subjects,
    Effect.gen(function* () {
      const context = Context.make(Database, yield* Database).pipe(Context.add(AuditLog, yield* AuditLog))
      const inStore = Effect.provideContext(context)
      return Subjects.of({
        list: (page) => inStore(listSubjects(page)),
        versions: (subject) => inStore(versions(subject)),
        version: (subject, version) => inStore(knownSubjectVersion(subject, version)),
        register: (schema) => inStore(register(schema)),
        keep: (text) => inStore(keep(text)),
        check: (subject, schema) => inStore(check(subject, schema)),
        setCompatibility: (subject, mode, actor) => inStore(setCompatibility({ subject, mode, actor })),
        schema: (id) => inStore(schemaOf(id))
      })
    })
  )
}

/** A schema by its id. `sha256` is its identity: of the text, where it refers to nothing and nothing is said of it. */
interface StoredSchema {
  readonly id: number
  readonly schema: string
  readonly sha256: string
}

const versions = Effect.fnUntraced(function* (subject: string) {
  const summary = yield* knownSubject(subject)
  return { ...summary, versions: yield* shownVersions(subject) }
})

const schemaOf = Effect.fnUntraced(function* (id: number) {
  const row = yield* schemaRow(id)
  if (row === undefined) return yield* apiError("SCHEMA_UNKNOWN", { id })
  const stored: StoredSchema = { id, schema: yield* wholeText(row), sha256: row.sha256 }
  return stored
})
