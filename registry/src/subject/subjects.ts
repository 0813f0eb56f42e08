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
import * as Schema from "effect/Schema"
import { AuditLog } from "../audit/audit-log.ts"
import { Database, decodedRow, execute, inTransaction } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import {
  defaultContext,
  knownSubject,
  knownSubjectVersion,
  listSubjects,
  versionRows
} from "./subject-rows.ts"
import { check, type NewSchema, register } from "./subject-writes.ts"

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
        check: (subject, schema) => inStore(check(subject, schema)),
        setCompatibility: (subject, mode, actor) => inStore(setCompatibility({ subject, mode, actor })),
        schema: (id) => inStore(schemaOf(id))
      })
    })
  )
}

const StoredSchema = Schema.Struct({ id: Schema.Int, schema: Schema.String, sha256: Schema.String })
type StoredSchema = typeof StoredSchema.Type

const versions = Effect.fnUntraced(function* (subject: string) {
  const summary = yield* knownSubject(subject)
  return { ...summary, versions: yield* versionRows(subject) }
})

const schemaOf = Effect.fnUntraced(function* (id: number) {
  const found = yield* decodedRow(
    StoredSchema,
    `SELECT id, text AS "schema", sha256 FROM schemas WHERE id = ?`,
    [id]
  )
  return found ?? (yield* apiError("SCHEMA_UNKNOWN", { id }))
})

interface NewMode {
  readonly subject: string
  readonly mode: CompatibilityMode
  readonly actor: string
}

const setCompatibility = ({ actor, mode, subject }: NewMode) =>
  inTransaction(
    Effect.gen(function* () {
      const before = yield* knownSubject(subject)
      yield* execute("UPDATE subjects SET compatibility = ? WHERE context = ? AND name = ?", [
        mode,
        defaultContext,
        subject
      ])
      yield* (yield* AuditLog).append({
        actor,
        action: "subject.compatibility",
        target: subject,
        detail: { compatibility: mode, before: before.compatibility }
      })
      return yield* knownSubject(subject)
    })
  )
