import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { root } from "../input/program.ts"

/** What the tests' application tells of. */
export interface Visit {
  readonly id: string
  readonly at: number
  readonly page: string
  readonly count: number | null
}

export const visitSchema = {
  type: "record",
  name: "shop.Visit",
  fields: [
    { name: "id", type: "string" },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "page", type: "string" },
    { name: "count", type: ["null", "int"], default: null }
  ]
}

/** Writes a pipeline whose source `visits` listens; its records go into the stream `NAME.visits`. */
export const shopPipeline = (folder: string, name: string, config: object = {}, after = ""): string => {
  const file = join(folder, `${name}.pipeline.yaml`)
  const plugin = relative(folder, join(root, "plugins/ingest/src/index.ts"))
  const given = { schema: visitSchema, key: ["page"], eventId: "id", eventTime: "at", ...config }
  writeFileSync(
    file,
    `pipeline: ${name}
owner: ingest
nodes:
  visits:
    source: "${plugin}"
    with: ${JSON.stringify(given)}
    stream: ${name}.visits
    partitions: 2
${after}`
  )
  return file
}

interface Runs {
  readonly command: (...args: readonly string[]) => Promise<{
    readonly exit: number
    readonly stdout: string
    readonly stderr: string
  }>
}

/** Applies it, and answers a token that may send to it. */
export const open = async (platform: Runs, file: string, name: string): Promise<string> => {
  const applied = await platform.command("apply", file, "--grant")
  if (applied.exit !== 0) throw new Error(applied.stderr)
  const created = await platform.command("token", "create", "sender", "--scope", `ingest:${name}`, "--json")
  if (created.exit !== 0) throw new Error(`no token: ${created.exit} ${created.stderr}`)
  const issued: { readonly token: string } = JSON.parse(created.stdout)
  return issued.token
}

/** The ids in a stream, in the order of its partitions. */
export const idsIn = async (platform: Runs, stream: string): Promise<readonly string[]> => {
  const { stdout } = await platform.command("topic", "read", stream, "--limit", "10000", "--json")
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => {
      const { value }: { readonly value: { readonly id: string } | null } = JSON.parse(line)
      return value === null ? [] : [value.id]
    })
}
