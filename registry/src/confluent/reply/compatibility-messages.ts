import type { CompatibilityMode } from "@millrace/sdk/api"
import type { Clash } from "../../subject/schema/compatibility.ts"

/** Clashes that are told one by one. */
const maxClashes = 50

const quoted = (text: string): string => text.replaceAll("'", "\\'")

const message = ({ direction, kind, message: problem, path, version }: Clash): string => {
  const [reader, writer] = direction === "BACKWARD" ? ["new", "old"] : ["old", "new"]
  const place = path === "" ? "the schema" : path
  const description = `at ${place}, where the ${reader} schema reads what the ${writer} one wrote: ${problem}`
  return `{errorType:'${kind}', description:'${quoted(description)}', additionalInfo:'${quoted(path)}', oldSchemaVersion:${version}}`
}

/** What a schema clashes with, in the form in which clients of Confluent's registry look for the kind of error. */
export const clashMessages = (mode: CompatibilityMode, clashes: readonly Clash[]): readonly string[] => {
  if (clashes.length === 0) return []
  const told = clashes.slice(0, maxClashes).map(message)
  const left = clashes.length - told.length
  return [...told, ...(left === 0 ? [] : [`{and ${left} more}`]), `{compatibility: '${mode}'}`]
}
