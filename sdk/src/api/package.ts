import * as Schema from "effect/Schema"
import { PackageManifest } from "../manifest/manifest.ts"
import { bytes, created, defineEndpoint, json, ok, text } from "./endpoint.ts"
import { BareName, Integrity, PackageName, PackageScope, Version } from "./package-name.ts"
import { pageQuery } from "./page.ts"
import { PublishReport } from "./publish-report.ts"

/** Most bytes of an archive as it is sent, and of all its files together: 20 MB, as JSR's. */
export const maxArchiveBytes = 20_000_000

export const archiveContentType = "application/gzip"

export const VersionSummary = Schema.Struct({
  version: Version,
  integrity: Integrity,
  sizeBytes: Schema.Int,
  publishedAt: Schema.Int,
  publishedBy: Schema.String,
  /** Why it should not be used any more; null: it may. */
  deprecated: Schema.NullOr(Schema.String),
  /** Why it is no longer resolved anew; null: it is. A lock that names it still gets it. */
  yanked: Schema.NullOr(Schema.String)
})
export type VersionSummary = typeof VersionSummary.Type

export const VersionDetail = Schema.Struct({
  ...VersionSummary.fields,
  name: PackageName,
  manifest: PackageManifest,
  readme: Schema.NullOr(Schema.String)
})
export type VersionDetail = typeof VersionDetail.Type

export const PackageSummary = Schema.Struct({
  name: PackageName,
  /** Highest version that is neither yanked nor a prerelease; null when there is none. */
  latest: Schema.NullOr(Version),
  description: Schema.NullOr(Schema.String),
  kinds: Schema.Array(Schema.Literals(["processor", "source", "sink", "function"])),
  publishedAt: Schema.Int
})
export type PackageSummary = typeof PackageSummary.Type

export const PackageDetail = Schema.Struct({
  ...PackageSummary.fields,
  /** Highest first. */
  versions: Schema.Array(VersionSummary)
})
export type PackageDetail = typeof PackageDetail.Type

export const Resolution = Schema.Struct({
  name: PackageName,
  ...VersionSummary.fields,
  manifest: PackageManifest
})
export type Resolution = typeof Resolution.Type

const packageParams = Schema.Struct({ scope: PackageScope, name: BareName })
const versionParams = Schema.Struct({ scope: PackageScope, name: BareName, version: Version })
const reason = Schema.NullOr(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(500)))

export const packageEndpoints = [
  defineEndpoint({
    id: "listPackages",
    method: "GET",
    path: "/api/packages",
    tag: "packages",
    summary: "List packages by name",
    access: "read",
    query: Schema.Struct({
      ...pageQuery.fields,
      /** Part of a name or of a description. */
      search: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(100)))
    }),
    success: ok(
      json(Schema.Struct({ packages: Schema.Array(PackageSummary), next: Schema.NullOr(Schema.String) }))
    ),
    errors: []
  }),
  defineEndpoint({
    id: "getPackage",
    method: "GET",
    path: "/api/packages/:scope/:name",
    tag: "packages",
    summary: "Show a package with its versions",
    access: "read",
    params: packageParams,
    success: ok(json(PackageDetail)),
    errors: ["PACKAGE_UNKNOWN"]
  }),
  defineEndpoint({
    id: "resolvePackage",
    method: "GET",
    path: "/api/packages/:scope/:name/resolve",
    tag: "packages",
    summary: "Find the version that a range means, by npm's rules",
    access: "read",
    params: packageParams,
    query: Schema.Struct({ range: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(200))) }),
    success: ok(json(Resolution)),
    errors: ["PACKAGE_UNKNOWN", "RANGE_UNSATISFIED"]
  }),
  defineEndpoint({
    id: "getVersion",
    method: "GET",
    path: "/api/packages/:scope/:name/versions/:version",
    tag: "packages",
    summary: "Show a version with its manifest",
    access: "read",
    params: versionParams,
    success: ok(json(VersionDetail)),
    errors: ["PACKAGE_UNKNOWN", "VERSION_UNKNOWN"]
  }),
  defineEndpoint({
    id: "getArchive",
    method: "GET",
    path: "/api/packages/:scope/:name/versions/:version/archive",
    tag: "packages",
    summary: "Fetch a version's archive",
    access: "read",
    params: versionParams,
    success: ok(bytes(archiveContentType, maxArchiveBytes)),
    errors: ["PACKAGE_UNKNOWN", "VERSION_UNKNOWN", "ARCHIVE_CORRUPT"]
  }),
  defineEndpoint({
    id: "getReadme",
    method: "GET",
    path: "/api/packages/:scope/:name/versions/:version/readme",
    tag: "packages",
    summary:
      "Show a version's README as HTML without scripts, styles, pictures or forms; empty when there is none",
    access: "read",
    params: versionParams,
    success: ok(text("text/html; charset=utf-8")),
    errors: ["PACKAGE_UNKNOWN", "VERSION_UNKNOWN"]
  }),
  defineEndpoint({
    id: "publishVersion",
    method: "PUT",
    path: "/api/packages/:scope/:name/versions/:version",
    tag: "packages",
    summary: "Publish a version; it never changes after",
    access: "publish",
    resource: "scope",
    params: versionParams,
    body: bytes(archiveContentType, maxArchiveBytes),
    success: created(json(VersionDetail)),
    errors: [
      "VERSION_EXISTS",
      "NAME_TOO_SIMILAR",
      "NAME_RESERVED",
      "ARCHIVE_INVALID",
      "MANIFEST_INVALID",
      "MANIFEST_MISMATCH",
      "BUNDLE_REFUSED",
      "VERSION_TOO_SMALL",
      "PUBLISH_QUOTA",
      "REQUEST_INCOMPLETE"
    ]
  }),
  defineEndpoint({
    id: "checkVersion",
    method: "POST",
    path: "/api/packages/:scope/:name/versions/:version/check",
    tag: "packages",
    summary: "Make all the checks of a publish and say what it would mean; nothing is kept",
    access: "publish",
    resource: "scope",
    params: versionParams,
    body: bytes(archiveContentType, maxArchiveBytes),
    success: ok(json(PublishReport)),
    errors: [
      "VERSION_EXISTS",
      "NAME_TOO_SIMILAR",
      "NAME_RESERVED",
      "ARCHIVE_INVALID",
      "MANIFEST_INVALID",
      "MANIFEST_MISMATCH",
      "BUNDLE_REFUSED",
      "PUBLISH_QUOTA",
      "REQUEST_INCOMPLETE"
    ]
  }),
  defineEndpoint({
    id: "markVersion",
    method: "PATCH",
    path: "/api/packages/:scope/:name/versions/:version",
    tag: "packages",
    summary: "Yank or deprecate a version, or take that back with null",
    access: "publish",
    resource: "scope",
    params: versionParams,
    body: json(Schema.Struct({ yanked: Schema.optionalKey(reason), deprecated: Schema.optionalKey(reason) })),
    success: ok(json(VersionDetail)),
    errors: ["PACKAGE_UNKNOWN", "VERSION_UNKNOWN"]
  })
] as const
