import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Finding, Path } from "./problem.ts"
import { suggest } from "./suggestion.ts"

export type Checked<A> = { readonly ok: A } | { readonly findings: readonly Finding[] }

/** Decodes against a schema, closed to unknown keys, and names every offence at its place. */
export const checkShape = <A>(
  schema: Schema.ConstraintDecoder<A>,
  value: unknown,
  path: Path
): Checked<A> => {
  const exit = Schema.decodeUnknownExit(schema)(value, { errors: "all", onExcessProperty: "error" })
  if (Exit.isSuccess(exit)) return { ok: exit.value }
  const issues = exit.cause.reasons.flatMap((reason) => (reason._tag === "Fail" ? [reason.error.issue] : []))
  return { findings: issues.flatMap((issue) => findingsOf(issue, path)) }
}

const formatIssue = SchemaIssue.makeFormatterDefault()
const messageOf = (issue: SchemaIssue.Issue): string => formatIssue(issue).split("\n")[0] ?? "It does not fit"

const findingsOf = (issue: SchemaIssue.Issue, path: Path): readonly Finding[] => {
  switch (issue._tag) {
    case "Pointer":
      return findingsOf(issue.issue, [...path, ...issue.path.map(segmentOf)])
    case "Composite":
      return issue.issues.flatMap((inner) => findingsOf(inner, path))
    case "UnexpectedKey":
      return [unknownKey(path, namesOf(issue.ast))]
    case "MissingKey":
      return [invalid(path, `${String(path.at(-1))} is missing`, "Add it.")]
    case "AnyOf":
      return anyOf(issue, path)
    default:
      return [invalid(path, messageOf(issue), "Correct the value.")]
  }
}

/** Of the forms that a value may take, the one that it is nearest to says what is wrong: it got furthest into the value. */
const anyOf = (issue: SchemaIssue.AnyOf, path: Path): readonly Finding[] => {
  const within = issue.issues
    .map((inner) => findingsOf(inner, path))
    .filter((findings) => deepest(findings) > path.length)
  const best = within.toSorted((left, right) => left.length - right.length)[0]
  return best ?? [invalid(path, messageOf(issue), "Correct the value.")]
}
const deepest = (findings: readonly Finding[]): number =>
  Math.max(0, ...findings.map((finding) => finding.path.length))

const segmentOf = (segment: PropertyKey): string | number =>
  typeof segment === "number" ? segment : String(segment)

const namesOf = (ast: { readonly _tag: string } | undefined): readonly string[] => {
  if (ast === undefined || !("propertySignatures" in ast) || !Array.isArray(ast.propertySignatures)) return []
  const signatures: readonly { readonly name: PropertyKey }[] = ast.propertySignatures
  return signatures.map((signature) => String(signature.name))
}

const unknownKey = (path: Path, names: readonly string[]): Finding => ({
  code: "UNKNOWN_KEY",
  message: `There is no ${String(path.at(-1))} here`,
  path,
  at: "key",
  remedy: suggest(String(path.at(-1)), names, "key")
})

const invalid = (path: Path, message: string, remedy: string): Finding => ({
  code: "PIPELINE_INVALID",
  message,
  path,
  remedy
})
