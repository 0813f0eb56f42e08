import * as Schema from "effect/Schema"
import { LineCounter } from "yaml"
import { toCanonical } from "./canonical-form.ts"
import { PipelineFile } from "./file-schema.ts"
import { orderNodes, unknownNodes } from "./graph.ts"
import type { Pipeline } from "./pipeline.ts"
import type { Finding, Problem } from "./problem.ts"
import { checkShape } from "./schema-findings.ts"
import { makeSourceMap, type SourceMap } from "./source-map.ts"
import { substitute, variablesInForce } from "./variables.ts"
import { parseYaml, type YamlTree } from "./yaml-tree.ts"

/** Most nodes that a pipeline may have. */
export const maxNodes = 500

export interface PipelineText {
  readonly text: string
  /** Values for `${NAME}`, over the file's own `vars`. */
  readonly vars: { readonly [name: string]: string }
}

export type ReadResult =
  | { readonly ok: Pipeline; readonly source: SourceMap; readonly order: readonly string[] }
  | { readonly problems: readonly Problem[] }

/**
 * Reads a pipeline file: YAML, variables, shape, names, references and cycles; everything that can be said without
 * knowing any plugin. All problems are named at once, each with line and column, in the order of the text.
 */
export const readPipeline = ({ text, vars }: PipelineText): ReadResult => {
  const lines = new LineCounter()
  const parsed = parseYaml(text, lines)
  if (!("ok" in parsed)) {
    const source = makeSourceMap({ text, lines, places: new Map(), stretches: new Map() })
    return refused(source, parsed.findings)
  }
  const filled = fillVariables(parsed.ok, vars)
  const source = makeSourceMap({ text, lines, places: parsed.ok.places, stretches: filled.stretches })
  const shaped = checkShape(PipelineFile, filled.value, [])
  if (!("ok" in shaped)) return refused(source, [...filled.findings, ...shaped.findings])
  const { pipeline, findings } = toCanonical(shaped.ok)
  const { order, findings: cycles } = orderNodes(pipeline)
  const all = [
    ...filled.findings,
    ...findings,
    ...unknownNodes(pipeline, Object.keys(shaped.ok.nodes)),
    ...cycles,
    ...tooMany(pipeline)
  ]
  return all.length > 0 ? refused(source, all) : { ok: pipeline, source, order }
}

const refused = (source: SourceMap, findings: readonly Finding[]): ReadResult => ({
  problems: inTextOrder(findings.map(source.problem))
})

/** By line and column; what stands nowhere comes first. */
export const inTextOrder = (problems: readonly Problem[]): readonly Problem[] =>
  problems.toSorted(
    (left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0)
  )

const Defaults = PipelineFile.fields.vars
const hasVars = Schema.is(Schema.Struct({ vars: Defaults }))

/** Ill-formed `vars` are left to the check of the whole. */
const fillVariables = ({ value }: YamlTree, overlay: PipelineText["vars"]) => {
  const defaults = hasVars(value) ? (value.vars ?? {}) : {}
  const { variables, findings } = variablesInForce(defaults, overlay)
  const filled = substitute(value, variables)
  return { ...filled, findings: [...findings, ...filled.findings] }
}

const tooMany = (pipeline: Pipeline): readonly Finding[] => {
  const count = Object.keys(pipeline.nodes).length
  if (count <= maxNodes) return []
  return [
    {
      code: "PIPELINE_TOO_LARGE",
      message: `The pipeline has ${count} nodes; ${maxNodes} are allowed`,
      path: ["nodes"],
      remedy: "Split it in two that meet in a named stream."
    }
  ]
}
