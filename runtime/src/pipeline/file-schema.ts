import { PipelineName } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { FileAlerts } from "./alerts.ts"
import { ByteSize } from "./byte-size.ts"
import { Duration } from "./duration.ts"

/** Names of nodes: identity of tasks, topics and state. */
export const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/
/** Names of streams are topic names (Kafka's rule). */
export const streamPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/
/** Most partitions that a topic may have: the batch frame holds a partition in 16 bits. */
export const maxPartitions = 4_096

const StreamName = Schema.String.check(Schema.isPattern(streamPattern)).annotate({
  expected: "a stream name of letters, digits, ., - and _, at most 200 long"
})
const Partitions = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: maxPartitions }))
const FieldNames = Schema.Union([Schema.String, Schema.Array(Schema.String)])

const StreamOfPipeline = Schema.Struct({
  stream: StreamName.annotate({ description: "A named stream, of this or of another pipeline" })
})
const Reference = Schema.Union([Schema.String, StreamOfPipeline]).annotate({
  description: "A node, node.output, or { stream: name }"
})
const References = Schema.Union([Schema.String, StreamOfPipeline, Schema.Array(Reference)])

const Policy = Schema.Literals(["dead-letter", "skip", "fail"])
const OnError = Schema.Union([
  Policy,
  Schema.Struct({
    policy: Schema.optionalKey(Policy),
    retries: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })))
  })
]).annotate({ description: "What becomes of a record that fails; dead-letter unless said otherwise" })

const Watermark = Schema.Struct({
  outOfOrderness: Schema.optionalKey(
    Duration.annotate({
      description:
        "How far behind the newest of its source partition a record may be and not be late; 0s unless said otherwise"
    })
  ),
  idleAfter: Schema.optionalKey(
    Duration.annotate({
      description: "A source partition that gives nothing for so long does not hold the watermark back"
    })
  )
}).annotate({ description: "Gives a source's records watermarks, by their timestamps" })

const outputOptions = {
  stream: Schema.optionalKey(
    StreamName.annotate({ description: "Names the output: a topic, in the catalogue, for anyone" })
  ),
  partitions: Schema.optionalKey(
    Partitions.annotate({
      description: "Partitions of the output's topic; 8 unless said otherwise, and never changed"
    })
  ),
  retain: Schema.optionalKey(
    ByteSize.annotate({
      description:
        "What each partition of the output's topic keeps: beyond it the oldest records go, once every pipeline that read from it is past them; all is kept unless said otherwise"
    })
  ),
  compact: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "A named stream keeps of each key the newest record only, and a delete for a day; it needs a key that is never null"
    })
  ),
  key: Schema.optionalKey(
    FieldNames.annotate({ description: "Fields of the output that make the record key" })
  )
}

const Plugin = Schema.String.annotate({
  description: "package@range, package#plugin@range, or ./path/to/module.ts"
})

/** A node as it is written in a pipeline file. */
export const FileNode = Schema.Struct({
  source: Schema.optionalKey(Plugin),
  use: Schema.optionalKey(Plugin),
  sink: Schema.optionalKey(Plugin),
  from: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Array(Reference), Schema.Record(Schema.String, References)]).annotate(
      {
        description: "What the node reads: a node, several, or one by input name"
      }
    )
  ),
  tables: Schema.optionalKey(
    Schema.Record(Schema.String, Reference).annotate({
      description: "Lookup tables, by the plugin's name for them"
    })
  ),
  with: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Json).annotate({ description: "The plugin's config" })
  ),
  watermark: Schema.optionalKey(Watermark),
  ...outputOptions,
  outputs: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Struct(outputOptions)).annotate({
      description: "Stream, partitions, what is kept, and key by output, for a plugin with several"
    })
  ),
  onError: Schema.optionalKey(OnError)
})
export type FileNode = typeof FileNode.Type

/** A pipeline file, variables filled in. */
export const PipelineFile = Schema.Struct({
  pipeline: PipelineName.annotate({ description: "The pipeline's name: its identity" }),
  owner: Schema.optionalKey(Schema.String.annotate({ description: "Who answers for it" })),
  description: Schema.optionalKey(Schema.String),
  vars: Schema.optionalKey(
    Schema.Record(
      Schema.String,
      Schema.NullOr(Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
    ).annotate({
      description: "Defaults of ${NAME}; null where a value must be given"
    })
  ),
  alerts: Schema.optionalKey(FileAlerts),
  durability: Schema.optionalKey(
    Schema.Literals(["fsync", "async"]).annotate({
      description:
        "When its tasks' commits outlive a power cut: fsync, once they are acknowledged; async, within about 50 ms of it. As the platform was started (--durability) unless said otherwise; on Kafka it makes no difference"
    })
  ),
  nodes: Schema.Record(Schema.String, FileNode)
}).annotate({ title: "Millrace pipeline" })
export type PipelineFile = typeof PipelineFile.Type
