import * as Schema from "effect/Schema"

/**
 * Names are ASCII lower-case letters, digits and single hyphens inside, so that no two that look alike differ.
 * Lengths are those of JSR: 2-20 for a scope, 2-58 for a name.
 */
const word = "[a-z0-9]+(?:-[a-z0-9]+)*"

/** A publisher's scope with its at sign: `@acme`. Also the plugins' trust domain. */
export const PackageScope = Schema.String.check(
  Schema.isPattern(new RegExp(`^@${word}$`, "u"), {
    expected: "a scope such as @acme: a-z, 0-9 and hyphens inside"
  }),
  Schema.isMinLength(3),
  Schema.isMaxLength(21)
)

/** A package's name without its scope. */
export const BareName = Schema.String.check(
  Schema.isPattern(new RegExp(`^${word}$`, "u"), { expected: "a name of a-z, 0-9 and hyphens inside" }),
  Schema.isMinLength(2),
  Schema.isMaxLength(58)
)

/** A package's whole name: `@acme/movies`. */
export const PackageName = Schema.String.check(
  Schema.isPattern(new RegExp(`^@${word}/${word}$`, "u"), {
    expected: "a package name such as @acme/movies"
  }),
  Schema.isMaxLength(80)
)

const number = "(?:0|[1-9][0-9]*)"
const prereleasePart = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"

/** A version by Semantic Versioning 2.0.0, without build metadata: two versions must not differ in that alone. */
export const Version = Schema.String.check(
  Schema.isPattern(
    new RegExp(`^${number}\\.${number}\\.${number}(?:-${prereleasePart}(?:\\.${prereleasePart})*)?$`, "u"),
    {
      expected: "a version such as 1.2.3"
    }
  ),
  Schema.isMaxLength(64)
)

/** Subresource Integrity with SHA-512, the only hash that is used. */
export const Integrity = Schema.String.check(
  Schema.isPattern(/^sha512-[A-Za-z0-9+/]{86}==$/u, { expected: "an SRI string with sha512" })
)

/**
 * What two names that can be mistaken for each other have in common: hyphens stripped, digits that look
 * like letters folded (0 and o, 1 and l). Every package's form is unique in the registry.
 */
export const similarityForm = (name: string): string =>
  name.toLowerCase().replace(/[-_.]/g, "").replace(/0/g, "o").replace(/[1i]/g, "l").replace(/5/g, "s")

const reservedScopes = ["millrace", "registry", "platform", "system", "admin", "local", "path", "node", "npm"]
// Devices of Windows, what every object has, and a folder that tools make: packages become file and property names.
const reservedNames = [
  "con",
  "prn",
  "aux",
  "nul",
  "constructor",
  "prototype",
  "tostring",
  "valueof",
  "node-modules"
]

const reservedForms: ReadonlySet<string> = new Set([
  ...reservedScopes.map((scope) => similarityForm(`@${scope}`)),
  ...reservedNames.map(similarityForm)
])

/** Whether a scope (with its at sign) or a bare name, or one that looks like it, is kept from everybody but an administrator. */
export const isReserved = (part: string): boolean => reservedForms.has(similarityForm(part))
