import type { Json } from "@millrace/sdk/avro"
import type { NodeProblem } from "@millrace/sdk/manifest"
import type { Finding, Path } from "../../pipeline/index.ts"
import type { Feed } from "./logical-node.ts"

export interface FindingPlace {
  readonly name: string
  readonly feeds: readonly Feed[]
  readonly config: Json
}

/** A node's problem at its place in the pipeline. */
export const nodeFinding = (problem: NodeProblem, place: FindingPlace): Finding => ({
  code: problem.code,
  message: problem.message,
  path: pathOf(problem.path, place),
  ...(problem.span === undefined ? {} : { offset: problem.span.start }),
  remedy: problem.remedy
})

const pathOf = (path: string, { name, feeds, config }: FindingPlace): Path => {
  const slash = path.indexOf("/")
  const area = slash === -1 ? path : path.slice(0, slash)
  const rest = slash === -1 ? "" : path.slice(slash + 1)
  const node = ["nodes", name]
  if (area === "config") return [...node, "with", ...configPath(`/${rest}`, config)]
  if (area === "input")
    return feeds.find((feed) => feed.via === "input" && feed.name === rest)?.path ?? [...node, "from"]
  if (area === "table") return [...node, "tables", rest]
  return node
}

/** A JSON pointer as a path, with positions in lists as numbers. */
export const configPath = (pointer: string, config: Json): Path => {
  const path: (string | number)[] = []
  let at: unknown = config
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~")
    if (Array.isArray(at) && /^\d{1,9}$/.test(key)) {
      path.push(Number(key))
      at = at[Number(key)]
      continue
    }
    if (key !== "") path.push(key)
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return path
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)
