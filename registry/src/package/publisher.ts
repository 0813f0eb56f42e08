import {
  type ApiError,
  apiError,
  isReserved,
  maxArchiveBytes,
  type PublishReport,
  similarityForm,
  type VersionDetail
} from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import { AuditLog } from "../audit/audit-log.ts"
import { canonicalJson } from "../canonical-json.ts"
import { parseJson } from "../parse-json.ts"
import { BlobStore, type Upload } from "../store/blob-store.ts"
import { Database, decodedRow, execute, inTransaction } from "../store/database.ts"
import { failpoint } from "../store/failpoint.ts"
import type { StoreError } from "../store/store-error.ts"
import { type Archive, openArchive } from "./archive.ts"
import { ManifestReader } from "./manifest-reader.ts"
import { affectedPipelines } from "./affected-pipelines.ts"
import { knownVersion, versionDetail } from "./package-rows.ts"
import { countAttempt, countPackage } from "./publish-quota.ts"
import { refuseTooSmall, versionStep } from "./version-check.ts"

export interface PublishRequest {
  /** `@acme/movies` */
  readonly name: string
  readonly version: string
  /** The archive as it comes in. */
  readonly body: AsyncIterable<Uint8Array>
  readonly actor: string
  /** An administrator: without quotas, and free to use reserved names. */
  readonly isAdmin?: boolean
}

/** Publishes versions. All or nothing: a version is there with its archive, or not at all, whenever the process is killed. */
export class Publisher extends Context.Service<
  Publisher,
  {
    readonly publish: (request: PublishRequest) => Effect.Effect<VersionDetail, ApiError | StoreError>
    /** All the checks of a publish but the version's step, which is in the report; keeps nothing. */
    readonly check: (request: PublishRequest) => Effect.Effect<PublishReport, ApiError | StoreError>
  }
>()("@millrace/registry/Publisher") {
  static readonly layer = Layer.effect(
    Publisher,
    Effect.gen(function* () {
      const turns = yield* Semaphore.make(maxOpenArchives)
      const context = Context.make(Database, yield* Database).pipe(
        Context.add(BlobStore, yield* BlobStore),
        Context.add(AuditLog, yield* AuditLog),
        Context.add(ManifestReader, yield* ManifestReader)
      )
      return Publisher.of({
        publish: (request) => Effect.provideContext(Effect.scoped(publish(request, turns)), context),
        check: (request) => Effect.provideContext(Effect.scoped(check(request, turns)), context)
      })
    })
  )
}

/** Archives that are unpacked in memory at a time; each takes up to 40 MB. */
const maxOpenArchives = 2

const publish = Effect.fn("publish")(function* (request: PublishRequest, turns: Semaphore.Semaphore) {
  yield* admit(request)
  yield* refuseKnownVersion(request)
  const upload = yield* received(request)
  const archive = yield* Semaphore.withPermit(turns, checkArchive(request, upload))
  yield* failpoint("archive-checked")
  // INVARIANT: the archive is durable before the row that names it.
  yield* (yield* BlobStore).keep(upload)
  const detail = yield* inTransaction(record(request, upload, archive))
  yield* failpoint("after-commit")
  return detail
})

const check = Effect.fn("checkVersion")(function* (request: PublishRequest, turns: Semaphore.Semaphore) {
  const { name, version } = request
  yield* admit(request)
  const upload = yield* received(request)
  const there = yield* versionDetail(name, version)
  // The very same archive need not be looked at again.
  if (there?.integrity === upload.integrity)
    return yield* apiError("VERSION_EXISTS", { package: name, version }, "version")
  const archive = yield* Semaphore.withPermit(turns, checkArchive(request, upload))
  yield* refuseSimilarName(name)
  const step = yield* versionStep(archive.manifest)
  return {
    name,
    version,
    ...step,
    isTaken: there !== undefined,
    isAllowed: step.isAllowed && there === undefined,
    integrity: upload.integrity,
    sizeBytes: upload.sizeBytes,
    pipelines: yield* affectedPipelines(archive.manifest)
  } satisfies PublishReport
})

/** What can be said before the archive is there. */
const admit = Effect.fnUntraced(function* ({ actor, isAdmin = false, name }: PublishRequest) {
  if (isAdmin) return
  yield* countAttempt(actor)
  yield* refuseReserved(name)
})

const received = Effect.fnUntraced(function* (request: PublishRequest) {
  return yield* (yield* BlobStore)
    .receive(request.body, maxArchiveBytes)
    .pipe(
      Effect.catchTag("UploadError", ({ maxBytes, reason }) =>
        Effect.fail(
          reason === "too-large"
            ? apiError("REQUEST_TOO_LARGE", { maxBytes })
            : apiError("REQUEST_INCOMPLETE", {})
        )
      )
    )
})

const refuseReserved = Effect.fnUntraced(function* (name: string) {
  const reserved = name.split("/").find(isReserved)
  if (reserved !== undefined) return yield* apiError("NAME_RESERVED", { name: reserved }, "name")
})

const refuseKnownVersion = Effect.fnUntraced(function* ({ name, version }: PublishRequest) {
  if ((yield* versionDetail(name, version)) !== undefined)
    return yield* apiError("VERSION_EXISTS", { package: name, version }, "version")
})

const checkArchive = Effect.fnUntraced(function* (request: PublishRequest, upload: Upload) {
  const archive = yield* openArchive(yield* (yield* BlobStore).bytesOf(upload))
  if (archive.manifest.name !== request.name)
    return yield* apiError("MANIFEST_MISMATCH", { other: "the request's path" }, "manifest.json.name")
  if (archive.manifest.version !== request.version)
    return yield* apiError("MANIFEST_MISMATCH", { other: "the request's path" }, "manifest.json.version")
  yield* checkBundle(archive)
  return archive
})

/** The manifest is what the bundle itself says, evaluated in the sandbox: a reviewer reads what will run. */
const checkBundle = Effect.fnUntraced(function* (archive: Archive) {
  const text = yield* (yield* ManifestReader)
    .read(archive.bundle)
    .pipe(
      Effect.catchTag("ManifestReadError", ({ message }) =>
        Effect.fail(apiError("BUNDLE_REFUSED", { problem: message }))
      )
    )
  const said = parseJson(text)
  if (Result.isFailure(said))
    return yield* apiError("BUNDLE_REFUSED", { problem: `its manifest: ${said.failure}` })
  if (canonicalJson(said.success) !== canonicalJson(archive.pluginsJson))
    return yield* apiError("MANIFEST_MISMATCH", { other: "bundle.js" }, "manifest.json.plugins")
})

/** Inside the transaction: what was true at the first look may not be any more. */
const record = Effect.fnUntraced(function* (request: PublishRequest, upload: Upload, archive: Archive) {
  const { actor, name, version } = request
  yield* refuseKnownVersion(request)
  yield* refuseTooSmall(archive.manifest)
  const at = yield* Clock.currentTimeMillis
  const isFirst = yield* claimName({ name, actor, at })
  if (isFirst && request.isAdmin !== true) yield* countPackage(actor)
  yield* execute(
    `INSERT INTO versions (package, version, integrity, size_bytes, manifest, readme, published_at, published_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      name,
      version,
      upload.integrity,
      upload.sizeBytes,
      JSON.stringify(archive.manifest),
      archive.readme ?? null,
      at,
      actor
    ]
  )
  yield* (yield* AuditLog).append({
    actor,
    action: "package.publish",
    target: `${name}@${version}`,
    detail: { integrity: upload.integrity, sizeBytes: upload.sizeBytes }
  })
  return yield* knownVersion(name, version)
})

const NameRow = Schema.Struct({ name: Schema.String })

interface Claim {
  readonly name: string
  readonly actor: string
  readonly at: number
}

/** The first version of a package takes its name, and every name that looks like it. True when this is the first. */
const claimName = Effect.fnUntraced(function* ({ actor, at, name }: Claim) {
  const { form, isKnown, isScopeKnown, scope, scopeForm } = yield* refuseSimilarName(name)
  if (!isScopeKnown)
    yield* execute("INSERT INTO scopes (name, form, created_at, created_by) VALUES (?, ?, ?, ?)", [
      scope,
      scopeForm,
      at,
      actor
    ])
  if (!isKnown)
    yield* execute("INSERT INTO packages (name, scope, form, created_at) VALUES (?, ?, ?, ?)", [
      name,
      scope,
      form,
      at
    ])
  return !isKnown
})

const refuseSimilarName = Effect.fnUntraced(function* (name: string) {
  const [scope = ""] = name.split("/")
  const scopeForm = similarityForm(scope)
  const scopeHolder = yield* decodedRow(NameRow, "SELECT name FROM scopes WHERE form = ?", [scopeForm])
  if (scopeHolder !== undefined && scopeHolder.name !== scope)
    return yield* apiError("NAME_TOO_SIMILAR", { name: scope, existing: scopeHolder.name }, "scope")
  const form = name.split("/").map(similarityForm).join("/")
  const holder = yield* decodedRow(NameRow, "SELECT name FROM packages WHERE form = ?", [form])
  if (holder !== undefined && holder.name !== name)
    return yield* apiError("NAME_TOO_SIMILAR", { name, existing: holder.name }, "name")
  return { form, isKnown: holder !== undefined, isScopeKnown: scopeHolder !== undefined, scope, scopeForm }
})
