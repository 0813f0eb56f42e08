import * as Schema from "effect/Schema"

/** Stable; what `millrace build` and `publish` show. */
export const OffenceCode = Schema.Literals([
  "BUILTIN",
  "NATIVE",
  "DYNAMIC_CODE",
  "WASM",
  "UNLISTED",
  "UNRESOLVED",
  "UNSUPPORTED_FILE",
  "SYNTAX"
])

/**
 * Something that cannot go into a sandboxed bundle. The file is relative to the project, or to the entry's folder outside of any;
 * line and column count from 1; 0 where there is no place. What a package does wrong stands at the author's import of it.
 */
export const Offence = Schema.Struct({
  code: OffenceCode,
  file: Schema.String,
  line: Schema.Int,
  column: Schema.Int,
  message: Schema.String,
  remedy: Schema.String,
  /** For an offence inside packages, how each came in: `["src/index.ts", "fs-extra", "graceful-fs", "fs"]`. */
  chains: Schema.optionalKey(Schema.Array(Schema.Array(Schema.String)))
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
  reason: Schema.String,
  /** `index.ts:3:8`, relative to the entry's folder: where in the author's files the bundle failed to load. */
  where: Schema.optionalKey(Schema.String),
  /** Where the sandbox has not what was looked for. */
  remedy: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const { reason, remedy, where } = this
    return `${where === undefined ? "" : `${where} `}${reason}${remedy === undefined ? "" : `. ${remedy}`}`
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

/** `src/a.ts:3:8 node:fs is not in the sandbox. Declare …`, and below it how each module came in. */
export const formatOffence = (offence: Offence): string => {
  const { file, line, column, message, remedy } = offence
  const place = `${file}${line === 0 ? "" : `:${line}:${column}`}`
  return [`${place} ${message}. ${remedy}`, ...formatChains(offence)].join("\n")
}

/** The first chains of an offence, one line each: `  src/index.ts → fs-extra → graceful-fs → fs`. */
export const formatChains = ({ chains = [] }: Offence): readonly string[] => {
  const shown = chains.slice(0, maxChains).map((chain) => `  ${chain.join(" → ")}`)
  return chains.length > maxChains ? [...shown, `  and ${chains.length - maxChains} more`] : shown
}
const maxChains = 6
