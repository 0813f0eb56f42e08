import type { Finding, Path } from "../../pipeline/index.ts"
import type { LogicalNode, LogicalOutput } from "./logical-node.ts"

/**
 * A stream that keeps the newest record of each key needs a name, so that somebody may read it later, and keys: of two records
 * without one neither is newer, and the log refuses them (as Kafka does).
 */
export const checkCompacted = (nodes: readonly LogicalNode[]): readonly Finding[] =>
  nodes.flatMap((node) =>
    Object.entries(node.outputs).flatMap(([name, output]): readonly Finding[] => {
      if (output.options.compact !== true) return []
      const several = Object.hasOwn(node.node.outputs, name)
      return checkOutput(output, ["nodes", node.name, ...(several ? ["outputs", name] : []), "compact"])
    })
  )

const remove = "take compact: away."

const checkOutput = ({ key, options, schema }: LogicalOutput, path: Path): readonly Finding[] => {
  if (options.stream === undefined)
    return [
      {
        code: "PIPELINE_INVALID",
        message: "Only a named stream can be compacted",
        path,
        remedy: `Name the output with stream:, or ${remove}`
      }
    ]
  const fields = options.key ?? key
  if (fields.length === 0)
    return [
      {
        code: "KEY_MISSING",
        message: `${options.stream} is to keep the newest record of each key, and its records have none`,
        path,
        remedy: `Say which fields make the key: key: FIELD, or ${remove}`
      }
    ]
  // Several fields are never a null key (docs/formats/key.md).
  const [only = "", ...more] = fields
  const type = schema.fields.find((field) => field.name === only)?.type
  const isNullable = type?.kind === "union" && type.branches.some((branch) => branch.kind === "null")
  if (more.length > 0 || !isNullable) return []
  return [
    {
      code: "KEY_INVALID",
      message: `${options.stream} is to keep the newest record of each key, and its key ${only} may be null`,
      path,
      remedy: `Choose a key that is never null, add a field to it, or ${remove}`
    }
  ]
}
