import * as Schema from "effect/Schema"

/** Stable; what `millrace build` and `publish` show. */
export const OffenceCode = Schema.Literals([
  "BUILTIN",
  "NATIVE",
  "DYNAMIC_CODE",
  "UNLISTED",
  "UNRESOLVED",
  "UNSUPPORTED_FILE",
  "SYNTAX"
])

/** Something that cannot go into a sandboxed bundle. Line and column count from 1; 0 where there is no place. */
export const Offence = Schema.Struct({
  code: OffenceCode,
  file: Schema.String,
  line: Schema.Int,
  column: Schema.Int,
  message: Schema.String,
  remedy: Schema.String
})
export type Offence = typeof Offence.Type

/** The plugin could not be bundled: every offence at once. */
export class BundleError extends Schema.TaggedError<BundleError>()("BundleError", {
  offences: Schema.Array(Offence)
}) {
  override get message(): string {
    return this.offences.map(formatOffence).join("\n")
  }
}

/** The bundle's manifest could not be read, or does not fit its schema. `reason` is the sandbox's or the schema's text. */
export class ManifestError extends Schema.TaggedError<ManifestError>()("ManifestError", {
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The project's package.json lacks something, or cannot be read. */
export class ProjectError extends Schema.TaggedError<ProjectError>()("ProjectError", {
  file: Schema.String,
  reason: Schema.String,
  remedy: Schema.String
}) {
  override get message(): string {
    return `${this.file}: ${this.reason}. ${this.remedy}`
  }
}

/** `src/a.ts:3:8 node:fs is not in the sandbox. Declare …` */
export const formatOffence = ({ file, line, column, message, remedy }: Offence): string =>
  `${file}${line === 0 ? "" : `:${line}:${column}`} ${message}. ${remedy}`
