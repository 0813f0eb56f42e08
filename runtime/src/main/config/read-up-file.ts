import { LineCounter } from "yaml"
import type { Finding, Problem } from "../../pipeline/problem.ts"
import { inTextOrder } from "../../pipeline/read-pipeline.ts"
import { checkShape } from "../../pipeline/schema-findings.ts"
import { makeSourceMap, type SourceMap } from "../../pipeline/source-map.ts"
import { substitute, variablesInForce } from "../../pipeline/variables.ts"
import { parseYaml, pointerOf } from "../../pipeline/yaml-tree.ts"
import { UpFile } from "./up-file.ts"

export type ReadUpFile = { readonly ok: UpFile } | { readonly problems: readonly Problem[] }

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]{0,63})\}/g

/**
 * Reads a platform's config: YAML as pipelines are written in, `${NAME}` filled in from the environment, and no key that nobody reads.
 * All problems are named at once, each with line and column, in the order of the text; none shows what a variable holds.
 */
export const readUpFile = (
  text: string,
  environment: { readonly [name: string]: string | undefined }
): ReadUpFile => {
  const lines = new LineCounter()
  const parsed = parseYaml(text, lines)
  if (!("ok" in parsed)) {
    const source = makeSourceMap({ text, lines, places: new Map(), stretches: new Map() })
    return refused(source, parsed.findings)
  }
  const filled = substitute(parsed.ok.value ?? {}, variablesOf(text, environment))
  const source = makeSourceMap({ text, lines, places: parsed.ok.places, stretches: filled.stretches })
  const shaped = checkShape(UpFile, filled.value, [])
  if (filled.findings.length > 0) return refused(source, filled.findings.map(ofEnvironment))
  return "ok" in shaped ? shaped : refused(source, shaped.findings.map(veiled(filled.stretches)))
}

/** A finding of a value with variables in it does not quote the value: it may be a secret. */
const veiled =
  (filled: ReadonlyMap<string, unknown>) =>
  (finding: Finding): Finding =>
    filled.has(pointerOf(finding.path))
      ? { ...finding, message: "What the environment gives does not fit here" }
      : finding

/** What the text names of the environment, read as a pipeline's variables are: `4000` is a number. */
const variablesOf = (text: string, environment: { readonly [name: string]: string | undefined }) => {
  const names = [...text.matchAll(reference)].flatMap(([, name = ""]) => name)
  const known = [...new Set(names)].flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const unset = Object.fromEntries(known.map(([name]) => [name, null]))
  return variablesInForce(unset, Object.fromEntries(known)).variables
}

const ofEnvironment = (finding: Finding): Finding =>
  finding.code === "VARIABLE_MISSING"
    ? { ...finding, remedy: "Set it in the environment of the platform; write $${ for a plain ${." }
    : finding

const refused = (source: SourceMap, findings: readonly Finding[]): ReadUpFile => ({
  problems: inTextOrder(findings.map(source.problem))
})
