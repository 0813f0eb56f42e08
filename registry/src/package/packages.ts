import {
  type ApiError,
  apiError,
  type BytesReply,
  limitOf,
  type PackageDetail,
  type PackageSummary,
  type PageQuery,
  type Resolution,
  type VersionDetail
} from "@millrace/sdk/api"
import { PackageManifest } from "@millrace/sdk/manifest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { AuditLog } from "../audit/audit-log.ts"
import { BlobStore } from "../store/blob-store.ts"
import { Database, decodedRows, execute, inTransaction } from "../store/database.ts"
import type { StoreError } from "../store/store-error.ts"
import { knownVersion, knownVersionsOf, VersionRow } from "./package-rows.ts"
import { descending, latestOf, resolveRange } from "./version-order.ts"

/** What to say of a version: a reason, null to take it back, absent to leave it. */
export interface Marks {
  readonly yanked?: string | null
  readonly deprecated?: string | null
}

export interface PackagesShape {
  readonly list: (query: PageQuery & { readonly search?: string }) => Effect.Effect<PackagePage, StoreError>
  readonly get: (name: string) => Effect.Effect<PackageDetail, ApiError | StoreError>
  /** The version that a range means, by npm's rules; `*` unless told. */
  readonly resolve: (name: string, range?: string) => Effect.Effect<Resolution, ApiError | StoreError>
  readonly version: (name: string, version: string) => Effect.Effect<VersionDetail, ApiError | StoreError>
  /** Verified against its digest at every read. */
  readonly archive: (name: string, version: string) => Effect.Effect<BytesReply, ApiError | StoreError>
  readonly mark: (
    name: string,
    version: string,
    marks: Marks,
    actor: string
  ) => Effect.Effect<VersionDetail, ApiError | StoreError>
}
interface PackagePage {
  readonly packages: readonly PackageSummary[]
  readonly next: string | null
}

/** Reads packages and marks their versions. {@link Publisher} writes them. */
export class Packages extends Context.Service<Packages, PackagesShape>()("@millrace/registry/Packages") {
  static readonly layer = Layer.effect(
    Packages,
    Effect.gen(function* () {
      const context = Context.make(Database, yield* Database).pipe(
        Context.add(BlobStore, yield* BlobStore),
        Context.add(AuditLog, yield* AuditLog)
      )
      const inStore = Effect.provideContext(context)
      return Packages.of({
        list: (query) => inStore(list(query)),
        get: (name) => inStore(get(name)),
        resolve: (name, range) => inStore(resolve(name, range ?? "*")),
        version: (name, version) => inStore(knownVersion(name, version)),
        archive: (name, version) => inStore(archive(name, version)),
        mark: (name, version, marks, actor) => inStore(mark({ name, version, marks, actor }))
      })
    })
  )
}

const SummaryRow = Schema.Struct({
  ...VersionRow.fields,
  name: Schema.String,
  manifest: Schema.fromJsonString(PackageManifest)
})
type SummaryRow = typeof SummaryRow.Type

const summaryOf = (name: string, versions: readonly SummaryRow[]): PackageSummary => {
  const latest = latestOf(versions)
  const shown = latest ?? descending(versions)[0]
  return {
    name,
    latest: latest?.version ?? null,
    description: shown?.manifest.description ?? null,
    kinds: [...new Set((shown?.manifest.plugins ?? []).map(({ kind }) => kind))],
    publishedAt: shown?.publishedAt ?? 0
  }
}

const summaryColumns = `package AS name, version, integrity, size_bytes AS "sizeBytes", published_at AS "publishedAt",
  published_by AS "publishedBy", deprecated, yanked, manifest`

const list = Effect.fnUntraced(function* (query: PageQuery & { readonly search?: string }) {
  const limit = limitOf(query)
  // LIKE's own wildcards are taken literally.
  const pattern = `%${(query.search ?? "").toLowerCase().replace(/[\\%_]/g, "\\$&")}%`
  const rows = yield* decodedRows(
    SummaryRow,
    `SELECT ${summaryColumns} FROM versions WHERE package IN
      (SELECT name FROM packages WHERE name > ? AND name LIKE ? ESCAPE '\\' ORDER BY name LIMIT ?)
      ORDER BY package`,
    [query.after ?? "", pattern, limit]
  )
  const packages = [...Map.groupBy(rows, ({ name }) => name)].map(([name, versions]) =>
    summaryOf(name, versions)
  )
  return { packages, next: packages.length < limit ? null : (packages.at(-1)?.name ?? null) }
})

const get = Effect.fnUntraced(function* (name: string) {
  const versions = descending(yield* knownVersionsOf(name))
  const shown = latestOf(versions) ?? versions[0]
  const detail = yield* knownVersion(name, shown?.version ?? "")
  return {
    ...summaryOf(
      name,
      versions.map((version) => ({ ...version, name, manifest: detail.manifest }))
    ),
    versions
  }
})

const resolve = Effect.fnUntraced(function* (name: string, range: string) {
  const versions = yield* knownVersionsOf(name)
  const found = resolveRange(versions, range)
  if (found !== undefined) return yield* knownVersion(name, found.version)
  const published = descending(versions).map(({ version }) => version)
  return yield* apiError("RANGE_UNSATISFIED", { package: name, range, published: published.slice(0, 50) })
})

const archive = Effect.fnUntraced(function* (name: string, version: string) {
  const { integrity } = yield* knownVersion(name, version)
  const bytes = yield* (yield* BlobStore)
    .get(integrity)
    .pipe(
      Effect.catchTag("BlobError", (error) =>
        Effect.logError("an archive is damaged or gone", { integrity, reason: error.reason }).pipe(
          Effect.andThen(Effect.fail(apiError("ARCHIVE_CORRUPT", { package: name, version })))
        )
      )
    )
  return { bytes, integrity }
})

const mark = Effect.fnUntraced(function* (request: {
  readonly name: string
  readonly version: string
  readonly marks: Marks
  readonly actor: string
}) {
  const { actor, marks, name, version } = request
  return yield* inTransaction(
    Effect.gen(function* () {
      const before = yield* knownVersion(name, version)
      const { deprecated = before.deprecated, yanked = before.yanked } = marks
      yield* execute("UPDATE versions SET deprecated = ?, yanked = ? WHERE package = ? AND version = ?", [
        deprecated,
        yanked,
        name,
        version
      ])
      yield* (yield* AuditLog).append({
        actor,
        action: "package.mark",
        target: `${name}@${version}`,
        detail: { deprecated, yanked }
      })
      return yield* knownVersion(name, version)
    })
  )
})
