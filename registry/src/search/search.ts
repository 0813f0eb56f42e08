import type { SearchHit, SearchKind } from "@millrace/sdk/api"
import { PackageManifest } from "@millrace/sdk/manifest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { latestOf } from "../package/version-order.ts"
import { Database, decodedRow, decodedRows } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import { wholeText } from "../subject/schema/references.ts"
import { schemaRow } from "../subject/schema/schema-rows.ts"
import { defaultContext } from "../subject/subject-place.ts"
import { isOfKind, matchDocument, wordsOf } from "./match.ts"
import { packageDocument, type SearchDocument, subjectDocument } from "./search-document.ts"

export interface SearchQuery {
  readonly text: string
  readonly kind?: SearchKind
  readonly limit?: number
}

export interface SearchShape {
  /** The best first; names in order among equals. */
  readonly find: (
    query: SearchQuery
  ) => Effect.Effect<{ readonly hits: readonly SearchHit[]; readonly total: number }, StoreError>
}

const defaultLimit = 20

/** Finds packages by their highest version, and subjects by their newest. */
export class Search extends Context.Service<Search, SearchShape>()("@millrace/registry/Search") {
  static readonly layer = Layer.effect(
    Search,
    Effect.gen(function* () {
      const context = Context.make(Database, yield* Database)
      // A version never changes: what was read of it once is kept while it is the newest.
      let kept: ReadonlyMap<string, SearchDocument> = new Map()
      const documents = Effect.gen(function* () {
        const wanted = yield* newest
        const fresh = new Map<string, SearchDocument>()
        for (const each of wanted) {
          const document = kept.get(each.id) ?? (yield* each.read)
          if (document !== undefined) fresh.set(each.id, document)
        }
        kept = fresh
        return wanted.flatMap(({ deprecated, id }) => {
          const document = fresh.get(id)
          return document === undefined ? [] : [{ document, deprecated }]
        })
      })
      return Search.of({ find: (query) => Effect.provideContext(find(query, documents), context) })
    })
  )
}

interface Found {
  readonly document: SearchDocument
  readonly deprecated: boolean
}

const find = Effect.fnUntraced(function* <R>(
  { kind, limit = defaultLimit, text }: SearchQuery,
  documents: Effect.Effect<readonly Found[], StoreError, R>
) {
  const words = wordsOf(text)
  const found = (yield* documents).flatMap(({ deprecated, document }) => {
    const match = isOfKind(document, kind) ? matchDocument(document, words) : undefined
    return match === undefined ? [] : [{ ...match, deprecated }]
  })
  const sorted = found.toSorted(
    (one, other) =>
      Number(one.deprecated) - Number(other.deprecated) ||
      other.score - one.score ||
      (one.document.name < other.document.name ? -1 : 1)
  )
  const hits = sorted.slice(0, limit).map(({ deprecated, document: { texts: _, ...shown }, matches }) => ({
    ...shown,
    deprecated,
    matches
  }))
  return { hits, total: found.length }
})

interface Newest {
  readonly id: string
  readonly deprecated: boolean
  readonly read: Effect.Effect<SearchDocument | undefined, StoreError, Database>
}

const VersionRow = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  deprecated: Schema.NullOr(Schema.String),
  yanked: Schema.NullOr(Schema.String)
})
const ManifestRow = Schema.Struct({ manifest: Schema.fromJsonString(PackageManifest) })
const SubjectRow = Schema.Struct({ subject: Schema.String, version: Schema.Int, id: Schema.Int })

/** What there is to search, without its texts. A package of which every version is yanked is not there. */
const newest: Effect.Effect<readonly Newest[], StoreError, Database> = Effect.gen(function* () {
  const versions = yield* decodedRows(
    VersionRow,
    "SELECT package AS name, version, deprecated, yanked FROM versions"
  )
  const subjects = yield* decodedRows(
    SubjectRow,
    `SELECT v.subject AS subject, v.version AS version, v.schema_id AS id FROM subject_versions v
      WHERE v.context = ? AND v.deleted_at IS NULL AND v.version =
        (SELECT MAX(version) FROM subject_versions w
          WHERE w.context = v.context AND w.subject = v.subject AND w.deleted_at IS NULL)`,
    [defaultContext]
  )
  const packages = [...Map.groupBy(versions, ({ name }) => name).values()].flatMap((all) => {
    const inForce = all.filter(({ yanked }) => yanked === null)
    const latest = latestOf(all) ?? inForce.at(-1)
    return latest === undefined ? [] : [ofPackage(latest)]
  })
  return [...packages, ...subjects.map(ofSubject)]
})

const ofPackage = ({ deprecated, name, version }: typeof VersionRow.Type): Newest => ({
  id: `${name}@${version}`,
  deprecated: deprecated !== null,
  read: Effect.map(
    decodedRow(ManifestRow, "SELECT manifest FROM versions WHERE package = ? AND version = ?", [
      name,
      version
    ]),
    (row) => (row === undefined ? undefined : packageDocument(row.manifest))
  )
})

const ofSubject = ({ id, subject, version }: typeof SubjectRow.Type): Newest => ({
  id: `${subject} ${version}`,
  deprecated: false,
  read: Effect.gen(function* () {
    const row = yield* schemaRow(id)
    if (row === undefined) return undefined
    // With what it refers to, so that those fields are found as well.
    const text = yield* Effect.catchTag(wholeText(row), "ApiError", () => Effect.succeed(row.text))
    return subjectDocument(subject, version, text)
  })
})
