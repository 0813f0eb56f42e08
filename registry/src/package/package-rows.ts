import { apiError, type VersionSummary } from "@millrace/sdk/api"
import { PackageManifest } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, decodedRows } from "../store/database.ts"

/** A version as it is stored, without its long texts. */
export const VersionRow = Schema.Struct({
  version: Schema.String,
  integrity: Schema.String,
  sizeBytes: Schema.Int,
  publishedAt: Schema.Int,
  publishedBy: Schema.String,
  deprecated: Schema.NullOr(Schema.String),
  yanked: Schema.NullOr(Schema.String)
}) satisfies Schema.ConstraintDecoder<VersionSummary>

const columns = `version, integrity, size_bytes AS "sizeBytes", published_at AS "publishedAt",
  published_by AS "publishedBy", deprecated, yanked`

const DetailRow = Schema.Struct({
  ...VersionRow.fields,
  name: Schema.String,
  manifest: Schema.fromJsonString(PackageManifest),
  readme: Schema.NullOr(Schema.String)
})

/** All versions of a package, in no order. */
export const versionsOf = (name: string) =>
  decodedRows(VersionRow, `SELECT ${columns} FROM versions WHERE package = ?`, [name])

/** All versions of a package; fails with PACKAGE_UNKNOWN when there is none. */
export const knownVersionsOf = Effect.fnUntraced(function* (name: string) {
  const versions = yield* versionsOf(name)
  return versions.length === 0 ? yield* apiError("PACKAGE_UNKNOWN", { package: name }) : versions
})

/** One version with its manifest; undefined when it is not there. */
export const versionDetail = (name: string, version: string) =>
  decodedRow(
    DetailRow,
    `SELECT ${columns}, package AS name, manifest, readme FROM versions WHERE package = ? AND version = ?`,
    [name, version]
  )

/** One version with its manifest; fails with PACKAGE_UNKNOWN or VERSION_UNKNOWN. */
export const knownVersion = Effect.fnUntraced(function* (name: string, version: string) {
  const detail = yield* versionDetail(name, version)
  if (detail !== undefined) return detail
  const published = (yield* knownVersionsOf(name)).map((each) => each.version)
  return yield* apiError("VERSION_UNKNOWN", { package: name, version, published: published.slice(0, 50) })
})
