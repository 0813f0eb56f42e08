import { errors } from "@millrace/sdk/api"
import { authorErrors } from "./author-errors.ts"
import { buildErrors } from "./build-errors.ts"
import { capabilityErrors } from "./capability-errors.ts"
import { commandErrors } from "./command-errors.ts"
import { ingestErrors } from "./ingest-errors.ts"
import { expressionErrors } from "./expression-errors.ts"
import { recordBatchErrors } from "./kafka-errors.ts"
import { planErrors } from "./plan-errors.ts"
import { createErrors, testingErrors } from "./project-errors.ts"
import { codecErrors, deadLetterErrors } from "./record-errors.ts"
import type { Area } from "./row.ts"
import { schemaErrors } from "./schema-errors.ts"
import { taskErrors } from "./task-errors.ts"
import { topicErrors } from "./topic-errors.ts"

/** Every code that a user can meet, by where it is met. A code may stand in several chapters. */
export const areas: readonly Area[] = [
  {
    title: "Command line",
    about:
      "Printed on standard error as `error CODE: message`, then `where:` and `remedy:`; with `--json` as one JSON document with `code`, `message`, `where` and `remedy`.",
    rows: commandErrors
  },
  {
    title: "Working on a plugin",
    about: "What `millrace dev`, `build`, `publish`, `add`, `types` and their kin say beside it.",
    rows: authorErrors
  },
  {
    title: "Making a project",
    about: "What `npm create processor` says. It leaves nothing behind when it fails.",
    rows: createErrors
  },
  {
    title: "Bundling",
    about:
      "What cannot go into a sandboxed bundle; all offences are reported at once. [Libraries](libraries.md) tells what packages do.",
    rows: buildErrors
  },
  {
    title: "Plans",
    about:
      "What `millrace plan`, `apply` and `run` find in a pipeline, before anything runs. All findings are reported at once.",
    rows: planErrors
  },
  {
    title: "Expressions",
    about:
      "The first ones are found by `plan`, as the message of `EXPRESSION_SYNTAX`, `EXPRESSION_TYPE` or `UNKNOWN_FIELD`; those from `EXPRESSION_CAST` on are met by single records, which become dead letters.",
    rows: expressionErrors
  },
  {
    title: "Schemas",
    about:
      "Avro schemas and contracts: parsing, compatibility, and resolution of a writer's schema to a reader's.",
    rows: schemaErrors
  },
  {
    title: "Dead letters",
    about:
      "Why a record was set aside: `code` in `millrace dlq list` and `show`. The plugin's own error tag stands beside it.",
    rows: deadLetterErrors
  },
  {
    title: "Values and frames",
    about:
      "Why a value could not be read or written; in the messages of dead letters with the code `RECORD_INVALID`.",
    rows: codecErrors
  },
  {
    title: "Running pipelines",
    about: "Why a task stopped: `millrace status` and `millrace logs` show it.",
    rows: taskErrors
  },
  {
    title: "Record batches of Kafka",
    about:
      "Why a batch could not be read from a topic or written to it; in the message of what stopped the task. The [format](formats/kafka.md).",
    rows: recordBatchErrors
  },
  {
    title: "Capabilities",
    about:
      "Why a handle did not do what it was asked: the `code` of an `HttpError`, `CapabilityError` or `TimerError`, which the body of a plugin may handle.",
    rows: capabilityErrors
  },
  {
    title: "Topics of other Kafka clusters",
    about:
      "The `code` of a `KafkaError`, with which a node of [@millrace/kafka](../plugins/kafka/README.md) waits or stops; from `KAFKA_NOT_UTF8` on, how the message of its dead letters begins.",
    rows: topicErrors
  },
  {
    title: "Tests of plugins",
    about: "The `code` of a `TestError`, and of what is wrong with a fixture file.",
    rows: testingErrors
  },
  {
    title: "Events that are posted",
    about:
      "Why one event of a request was rejected: the `code` of its entry in `results` ([the protocol](formats/ingest.md)), and of what the client of `@millrace/client` throws or tells.",
    rows: ingestErrors
  },
  {
    title: "HTTP API",
    about:
      'The body of every reply that is no success: `{ "error": { "code", "message", "path", "remedy", "details" } }`. The command line shows them in its own form.',
    rows: errors
  }
]
