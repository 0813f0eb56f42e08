import * as Schema from "effect/Schema"
import { defineEndpoint, json, lines, ok } from "./endpoint.ts"

export const BackupRequest = Schema.Struct({
  /** Absolute, on the platform's machine, and nothing there yet; a name that ends in `.tar.zst` becomes one file, any other a folder. */
  path: Schema.String,
  /** Put in the key of the secrets too. */
  keys: Schema.Boolean
})
export type BackupRequest = typeof BackupRequest.Type

export const BackupSummary = Schema.Struct({
  path: Schema.String,
  files: Schema.Int,
  /** Of all files in it, before compression. */
  bytes: Schema.Number,
  /** ms since 1970. */
  takenAt: Schema.Number,
  pipelines: Schema.Array(Schema.Struct({ pipeline: Schema.String, revision: Schema.Int })),
  /** Keys of the data folder that are not in it. */
  leftOut: Schema.Array(Schema.String)
})
export type BackupSummary = typeof BackupSummary.Type

/** How far a backup is; the last line says what was made. */
export const BackupProgress = Schema.Union([
  Schema.Struct({
    phase: Schema.Literals(["log", "registry", "files", "archive"]),
    bytes: Schema.Number,
    /** As far as it is known: the log shrinks on the way. */
    total: Schema.Number
  }),
  Schema.Struct({ done: BackupSummary })
])
export type BackupProgress = typeof BackupProgress.Type

/** A consistent copy of a running platform. */
export const backupEndpoint = defineEndpoint({
  id: "takeBackup",
  method: "POST",
  path: "/api/backup",
  tag: "control",
  summary: "Copies all that the platform keeps, of one moment, to a place on its own machine, while it runs",
  access: "admin",
  body: json(BackupRequest),
  success: ok(lines(BackupProgress)),
  errors: ["BACKUP_FAILED", "BACKUP_REGISTRY_ELSEWHERE"]
})
