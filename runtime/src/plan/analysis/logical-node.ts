import type { RecordType } from "@millrace/sdk/avro"
import type { ResolvedNode, ResolvedOutput } from "@millrace/sdk/manifest"
import type { OutputOptions, Path, PipelineNode } from "../../pipeline/index.ts"
import type { CatalogueTopic } from "../dependencies.ts"
import type { ResolvedPlugin } from "../resolution/resolve-plugins.ts"

/** A node with everything settled that does not depend on how nodes are grouped into tasks. */
export interface LogicalNode {
  readonly name: string
  readonly node: PipelineNode
  readonly plugin: ResolvedPlugin
  /** JSON text of the config, defaults filled in: what the guest is opened with. */
  readonly configJson: string
  readonly resolved: ResolvedNode
  readonly feeds: readonly Feed[]
  readonly outputs: { readonly [output: string]: LogicalOutput }
  readonly bounded: boolean
}

/** Something that a node reads: through an input, or as a lookup table. */
export interface Feed {
  readonly via: "input" | "table"
  /** Name of the input, or the table's handle. */
  readonly name: string
  readonly producer: Producer
  readonly stream: LogicalStream
  readonly path: Path
}

export type Producer = { readonly node: string; readonly output: string } | { readonly topic: CatalogueTopic }

export interface LogicalStream {
  readonly schema: RecordType
  /** Fields that the record key is made of as the stream itself has it; empty: not known. */
  readonly key: readonly string[]
  readonly bounded: boolean
}

export interface LogicalOutput extends ResolvedOutput {
  readonly options: OutputOptions
  readonly bounded: boolean
}

/** The node has state, and therefore an opinion on which records meet in one task. */
export const isStateful = ({ plugin }: LogicalNode): boolean =>
  plugin.manifest.state.length > 0 || plugin.manifest.timers

/** `node.output`, or the stream's name. */
export const producerLabel = (producer: Producer): string =>
  "topic" in producer ? producer.topic.name : `${producer.node}.${producer.output}`
