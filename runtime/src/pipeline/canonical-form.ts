import { canonicalAlerts } from "./alerts.ts"
import { bytesOfSize } from "./byte-size.ts"
import { durationMs } from "./duration.ts"
import type { FileNode, PipelineFile } from "./file-schema.ts"
import { namePattern } from "./file-schema.ts"
import type { OutputOptions, Pipeline, PipelineNode, StreamReference, WatermarkOptions } from "./pipeline.ts"
import { parsePluginReference } from "./plugin-reference.ts"
import type { Finding, Path } from "./problem.ts"

export interface Canonical {
  readonly pipeline: Pipeline
  readonly findings: readonly Finding[]
}

/** Brings a file of the right shape to canonical form, and finds what its shape cannot tell. */
export const toCanonical = (file: PipelineFile): Canonical => {
  const findings: Finding[] = []
  const nodes: { [name: string]: PipelineNode } = {}
  for (const name of Object.keys(file.nodes).toSorted()) {
    const path = ["nodes", name]
    if (!namePattern.test(name) || reserved.has(name)) findings.push(badNodeName(name, path))
    const node = canonicalNode(file.nodes[name]!, path, findings)
    if (node !== undefined) nodes[name] = node
  }
  if (Object.keys(file.nodes).length === 0)
    findings.push(invalid(["nodes"], "The pipeline has no nodes", "Add one."))
  const pipeline: Pipeline = {
    pipeline: file.pipeline,
    ...(file.owner === undefined ? {} : { owner: file.owner }),
    ...(file.description === undefined ? {} : { description: file.description }),
    ...(file.alerts === undefined ? {} : { alerts: canonicalAlerts(file.alerts) }),
    ...(file.durability === undefined ? {} : { durability: file.durability }),
    nodes
  }
  return { pipeline, findings: [...findings, ...repeatedStreams(pipeline)] }
}

/** The platform's own topics of a pipeline are named like nodes. */
const reserved = new Set(["dead-letters", "replay"])

const canonicalNode = (node: FileNode, path: Path, findings: Finding[]): PipelineNode | undefined => {
  const kinds = (["source", "use", "sink"] as const).filter((key) => node[key] !== undefined)
  const [key] = kinds
  if (key === undefined || kinds.length > 1) {
    const message =
      key === undefined ? "The node names no plugin" : `The node has ${kinds.join(" and ")} at once`
    findings.push(invalid(path, message, "Give it exactly one of source:, use: and sink:."))
    return undefined
  }
  findings.push(...misplaced(node, key, path))
  const plugin = parsePluginReference(node[key] ?? "")
  if ("error" in plugin) {
    findings.push(invalid([...path, key], plugin.error, plugin.remedy))
    return undefined
  }
  return {
    kind: key === "use" ? "processor" : key,
    plugin: plugin.ok,
    from: canonicalFrom(node.from, [...path, "from"], findings),
    tables: canonicalTables(node, path, findings),
    with: node.with ?? {},
    ...(node.watermark === undefined ? {} : { watermark: watermarkOptions(node.watermark) }),
    output: outputOptions(node),
    outputs: sortedBy(node.outputs ?? {}, outputOptions),
    onError: canonicalPolicy(node.onError)
  }
}

/** Keys that a node of this kind cannot have, and those that it must. */
const misplaced = (node: FileNode, key: "source" | "use" | "sink", path: Path): readonly Finding[] => {
  const findings: Finding[] = []
  const refuse = (name: keyof FileNode, why: string) => {
    if (node[name] === undefined) return
    findings.push({ ...invalid([...path, name], why, `Remove ${name}:.`), at: "key" })
  }
  if (key === "source") {
    refuse("from", "A source reads from outside, not from a node")
    refuse("tables", "A source has no lookup tables")
  } else if (node.from === undefined || isEmpty(node.from)) {
    findings.push({
      code: "MISSING_FROM",
      message: `The node reads nothing`,
      path: node.from === undefined ? path : [...path, "from"],
      ...(node.from === undefined ? { at: "key" as const } : {}),
      remedy: "Say what it reads: from: NODE, or from: { stream: NAME }."
    })
  }
  if (key === "sink") {
    for (const name of ["stream", "partitions", "retain", "compact", "key", "outputs"] as const)
      refuse(name, "A sink has no output")
  }
  if (key !== "source") refuse("watermark", "A source gives watermarks; what follows it passes them on")
  if (node.outputs !== undefined) {
    for (const name of ["stream", "partitions", "retain", "compact", "key"] as const) {
      refuse(name, `With outputs: the ${name} is said for each output`)
    }
  }
  return findings
}

const isEmpty = (from: NonNullable<FileNode["from"]>): boolean =>
  typeof from !== "string" && Object.keys(from).length === 0

type WrittenReference = string | { readonly stream: string }

const canonicalFrom = (from: FileNode["from"], path: Path, findings: Finding[]): PipelineNode["from"] => {
  if (from === undefined) return []
  if (typeof from === "string") return referencesIn([from], path, findings, true)
  if (isList(from)) return referencesIn(from, path, findings, false)
  if (isStream(from)) return referencesIn([from], path, findings, true)
  return sortedBy(from, (written, input) => {
    const at = [...path, input]
    if (isList(written)) return referencesIn(written, at, findings, false)
    return referencesIn([written], at, findings, true)
  })
}

const isList = (value: unknown): value is readonly WrittenReference[] => Array.isArray(value)

/** `from: { stream: studio.movies }`: a stream by name. An input called `stream` is fed by `{ stream: [node] }`. */
const isStream = (from: object): from is { readonly stream: string } =>
  "stream" in from && typeof from.stream === "string" && Object.keys(from).length === 1

const referencesIn = (
  written: readonly WrittenReference[],
  path: Path,
  findings: Finding[],
  alone: boolean
): readonly StreamReference[] => {
  const seen = new Set<string>()
  return written.flatMap((one, index) => {
    const at = alone ? path : [...path, index]
    const text = JSON.stringify(one)
    if (seen.has(text)) {
      findings.push({
        code: "DUPLICATE_NAME",
        message: `${text} is read twice`,
        path: at,
        remedy: "Remove one of them."
      })
    }
    seen.add(text)
    return referenceIn(one, at, findings)
  })
}

const referenceIn = (
  written: WrittenReference,
  path: Path,
  findings: Finding[]
): readonly StreamReference[] => {
  if (typeof written !== "string") return [written]
  const [node = "", output, ...more] = written.split(".")
  if (more.length === 0 && node !== "" && output !== "") {
    return [{ node, ...(output === undefined ? {} : { output }) }]
  }
  findings.push(
    invalid(
      path,
      `${JSON.stringify(written)} names no node`,
      "Write node, or node.output, or { stream: name }."
    )
  )
  return []
}

const canonicalTables = (node: FileNode, path: Path, findings: Finding[]): PipelineNode["tables"] => {
  const tables: { [handle: string]: StreamReference } = {}
  for (const handle of Object.keys(node.tables ?? {}).toSorted()) {
    const [reference] = referenceIn(node.tables![handle]!, [...path, "tables", handle], findings)
    if (reference !== undefined) tables[handle] = reference
  }
  return tables
}

const watermarkOptions = ({
  idleAfter,
  outOfOrderness = "0s"
}: NonNullable<FileNode["watermark"]>): WatermarkOptions => ({
  outOfOrdernessMs: durationMs(outOfOrderness),
  ...(idleAfter === undefined ? {} : { idleAfterMs: durationMs(idleAfter) })
})

interface WrittenOptions {
  readonly stream?: string
  readonly partitions?: number
  readonly retain?: string
  readonly compact?: boolean
  readonly key?: string | readonly string[]
}

const outputOptions = (written: WrittenOptions): OutputOptions => ({
  ...(written.stream === undefined ? {} : { stream: written.stream }),
  ...(written.partitions === undefined ? {} : { partitions: written.partitions }),
  ...(written.retain === undefined ? {} : { retainBytes: bytesOfSize(written.retain) }),
  ...(written.compact === true ? { compact: true } : {}),
  ...(written.key === undefined ? {} : { key: typeof written.key === "string" ? [written.key] : written.key })
})

const canonicalPolicy = (onError: FileNode["onError"]): PipelineNode["onError"] => {
  if (onError === undefined || typeof onError === "string")
    return { policy: onError ?? "dead-letter", retries: 0 }
  return { policy: onError.policy ?? "dead-letter", retries: onError.retries ?? 0 }
}

const sortedBy = <A, B>(
  entries: { readonly [name: string]: A },
  convert: (value: A, name: string) => B
): { readonly [name: string]: B } =>
  Object.fromEntries(
    Object.keys(entries)
      .toSorted()
      .map((name) => [name, convert(entries[name]!, name)])
  )

/** Two outputs of one pipeline cannot bear the same stream name. */
const repeatedStreams = (pipeline: Pipeline): readonly Finding[] => {
  const first = new Map<string, string>()
  const findings: Finding[] = []
  for (const [name, node] of Object.entries(pipeline.nodes)) {
    const named = [
      { path: ["nodes", name, "stream"], stream: node.output.stream },
      ...Object.entries(node.outputs).map(([output, { stream }]) => ({
        path: ["nodes", name, "outputs", output, "stream"],
        stream
      }))
    ]
    for (const { path, stream } of named) {
      if (stream === undefined) continue
      const taken = first.get(stream)
      first.set(stream, taken ?? name)
      if (taken !== undefined) findings.push(repeatedStream(stream, taken, path))
    }
  }
  return findings
}

const repeatedStream = (stream: string, taken: string, path: Path): Finding => ({
  code: "DUPLICATE_NAME",
  message: `The stream ${stream} is already the output of ${taken}`,
  path,
  remedy: "Give one of them another name; to merge two streams, read both in one node."
})

const badNodeName = (name: string, path: Path): Finding => ({
  code: "NAME_INVALID",
  message: reserved.has(name)
    ? `${name} is the name of a topic of the platform`
    : `${JSON.stringify(name)} cannot be the name of a node`,
  path,
  at: "key",
  remedy: "Use letters, digits, - and _, beginning with a letter, at most 64 long."
})

const invalid = (path: Path, message: string, remedy: string): Finding => ({
  code: "PIPELINE_INVALID",
  message,
  path,
  remedy
})
