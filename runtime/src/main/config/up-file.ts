import * as Schema from "effect/Schema"
import { KafkaKeys } from "./kafka-keys.ts"

const Paths = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** The file of `millrace up --config`, variables filled in: a key for each flag, and the limits that have none. */
export const UpFile = Schema.Struct({
  data: Schema.optionalKey(
    Schema.String.annotate({
      description: "Data folder; .millrace of the current folder unless said otherwise"
    })
  ),
  host: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "Address to listen on; 127.0.0.1 unless said otherwise. Another than the loopback opens the API to the network"
    })
  ),
  port: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })).annotate({
      description: "Port to listen on, 0 for any that is free; 4000 unless said otherwise"
    })
  ),
  allowHost: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Array(Schema.String)]).annotate({
      description: "Host names to answer under, beside localhost and the host"
    })
  ),
  notify: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "File that says where alerts are told; notify.yaml of the data folder unless said otherwise"
    })
  ),
  publish: Schema.optionalKey(
    Paths.annotate({ description: "Packages, or folders of packages, to build and publish at each start" })
  ),
  apply: Schema.optionalKey(
    Paths.annotate({
      description: "Pipeline files to apply at each start; one that cannot be leaves what runs"
    })
  ),
  grant: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "Grant what these pipelines ask for; false unless said otherwise"
    })
  ),
  durability: Schema.optionalKey(
    Schema.Literals(["fsync", "async"]).annotate({
      description:
        "When a commit outlives a power cut: fsync, once it is acknowledged, or async, within about 50 ms of it; fsync unless said otherwise. A kill of the process loses nothing in either"
    })
  ),
  secretKeyFile: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "File with the key that secrets are sealed with; MILLRACE_SECRET_KEY_FILE, or a file of the registry's own, unless said otherwise"
    })
  ),
  seedFile: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "File with the platform's seed, 32 random bytes, which names its log and its workers; one of the data folder's own unless said otherwise. Platforms on Kafka that share a database and this file need no data folder together"
    })
  ),
  database: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "PostgreSQL database to keep the registry in, as postgres://USER:PASSWORD@HOST/DATABASE; MILLRACE_DATABASE, or a file of the data folder, unless said otherwise. Take the password from the environment: ${NAME}"
    })
  ),
  kafka: Schema.optionalKey(
    KafkaKeys.annotate({
      description: "Keep topics and commits in this Kafka cluster; a log of its own unless said otherwise"
    })
  ),
  workers: Schema.optionalKey(
    Schema.Struct({
      min: Schema.optionalKey(
        Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 })).annotate({
          description: "Fewest workers beside the platform that are advised; 0 unless said otherwise"
        })
      ),
      max: Schema.optionalKey(
        Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 })).annotate({
          description: "Most workers beside the platform that are advised; 100 unless said otherwise"
        })
      ),
      drainSeconds: Schema.optionalKey(
        Schema.Int.check(Schema.isBetween({ minimum: 10, maximum: 86_400 })).annotate({
          description: "Time within which they are to do what lags; 300 unless said otherwise"
        })
      )
    }).annotate({
      description:
        "What is advised on the number of workers, where the log is in Kafka: millrace_workers_advised of /metrics"
    })
  ),
  schemaRegistryPath: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^(?:\/|(?:\/[A-Za-z0-9_-]+){1,8})$/u, { expected: "a path such as /schema-registry" })
    ).annotate({
      description:
        "Path under which clients of a Confluent Schema Registry find this one; /schema-registry unless said otherwise, / for none"
    })
  ),
  limits: Schema.optionalKey(
    Schema.Struct({
      batchMemoryMiB: Schema.optionalKey(
        Schema.Int.check(Schema.isBetween({ minimum: 16, maximum: 1_048_576 })).annotate({
          description: "Memory that all batches in hand may take together; 256 unless said otherwise"
        })
      ),
      sandboxProcesses: Schema.optionalKey(
        Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 64 })).annotate({
          description:
            "Sandbox processes of one publisher's plugins; as many as there are cores, four at most, unless said otherwise"
        })
      )
    })
  )
}).annotate({ title: "Millrace platform" })
export type UpFile = typeof UpFile.Type

/** JSON Schema (draft 2020-12) of the file, for editors: what `docs/up.schema.json` holds. */
export const upFileSchema = (): string => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(UpFile, { onExcessProperty: "error" })
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions })
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
