import { errorTable } from "./definition.ts"

/** Pipelines, their grants and revisions, what runs, and tokens. */
export const pipelineErrors = errorTable({
  WORK_NOT_SHARED: {
    status: 409,
    message: "This platform shares its work with nobody",
    where: "the platform",
    why: "Its log is embedded, which one process has.",
    remedy: "Start it on Kafka: `millrace up --kafka BROKERS`.",
    fields: []
  },
  SECRET_NOT_GRANTED: {
    status: 403,
    message: "No pipeline was granted the secret {name}",
    where: "the secret's name",
    why: "Workers are given the secrets that a grant in force names, and no other.",
    remedy: "Grant it with the pipeline that uses it: `millrace apply FILE --grant`.",
    fields: ["name"]
  },
  PIPELINE_UNKNOWN: {
    status: 404,
    message: "There is no pipeline {pipeline}",
    where: "the pipeline's name",
    why: "No pipeline of this name was applied here.",
    remedy: "Check the name with `millrace pipeline list`.",
    fields: ["pipeline"]
  },
  TRACE_UNKNOWN: {
    status: 404,
    message: "There is no trace {trace}",
    where: "the trace's id",
    why: "Of sampled records the newest thousand are kept in memory, since the platform started.",
    remedy: "See them with `millrace trace list`.",
    fields: ["trace"]
  },
  REVISION_UNKNOWN: {
    status: 404,
    message: "The pipeline {pipeline} has no revision {revision}",
    where: "the revision",
    why: "Revisions are numbered from 1, one for each apply that changed something.",
    remedy: "See them with `millrace pipeline history {pipeline}`.",
    fields: ["pipeline", "revision"]
  },
  PIPELINE_CHANGED: {
    status: 409,
    message: "{pipeline} is at revision {current} now, not {expected}",
    where: "the pipeline's latest revision",
    why: "Somebody applied another one meanwhile; a plan is never applied to what it did not see.",
    remedy: "Plan again with `millrace plan` and apply the new plan.",
    fields: ["pipeline", "current", "expected"]
  },
  GRANT_UNKNOWN: {
    status: 404,
    message: "There is no grant {id} in force",
    where: "the grant's id",
    why: "It was never given, or it was taken back.",
    remedy: "Look at the permissions in force with `millrace plan`.",
    fields: ["id"]
  },
  TOKEN_UNKNOWN: {
    status: 404,
    message: "There is no token {id} in force",
    where: "the token's id",
    why: "It was never issued, or it was revoked.",
    remedy: "Check the id with `millrace token list`.",
    fields: ["id"]
  },
  PLAN_CHANGED: {
    status: 409,
    message: "The plan of {pipeline} is {planned} now, not {asked}",
    where: "the plan's hash",
    why: "Packages, grants or schemas changed since the plan was shown; apply does exactly what was shown.",
    remedy: "Look at the new plan with `millrace plan` and apply that one.",
    fields: ["pipeline", "planned", "asked"]
  },
  PLAN_FAILED: {
    status: 422,
    message: "The pipeline has {count} problems; the first: {first}",
    where: "the pipeline file",
    why: "Contracts, config and permissions are all checked before anything runs.",
    remedy: "See all of them with `millrace plan` and correct what it names.",
    fields: ["count", "first"]
  },
  STREAM_IN_USE: {
    status: 409,
    message: "The stream {stream} of {pipeline} is read by {readers}",
    where: "the stream",
    why: "Who reads it would wait for records that never come.",
    remedy: "Delete its readers first, or apply them with another stream to read.",
    fields: ["pipeline", "stream", "readers"]
  },
  TOPIC_NOT_DRAINED: {
    status: 409,
    message: "The new plan has no topic {topics}, which holds records that were not read yet",
    where: "the topic",
    why: "Nothing unread is dropped.",
    remedy: "Apply again when `millrace status PIPELINE` shows no lag there; nothing was changed.",
    fields: ["topics"]
  },
  STATE_MIGRATION_FAILED: {
    status: 422,
    message: "The state {state} of {node} could not be migrated at the key {key}: {reason}",
    where: "the node, its state and the key",
    why: "The plugin's `migrate` is called for every value before the new version starts; one that it cannot take stops all.",
    remedy: "Correct `migrate` and apply again; the version before goes on, with its state as it was.",
    fields: ["node", "state", "key", "reason"]
  },
  UPGRADE_FAILED: {
    status: 409,
    message:
      "Revision {revision} of {pipeline} cannot run: {node}: {reason}. Revision {before} goes on as it was",
    where: "the node that the message names, and its config",
    why: "Its bundle or its `open` fails, or a chain failed at its first batch before it had made anything durable. The revision before goes on as it was: no record is lost or repeated.",
    remedy: "Correct the plugin or the node's config, and apply again.",
    fields: ["pipeline", "revision", "node", "reason", "before"]
  },
  UPGRADE_STUCK: {
    status: 409,
    message:
      "Revision {revision} of {pipeline} cannot run: {node}: {reason}; and revision {before} cannot go on after it: {obstacles}",
    where: "the node that the message names",
    why: "The new revision has changed what the one before would go on from, so that to take that one again would lose or repeat records.",
    remedy:
      "Nothing is lost: correct the plugin or the config and apply again, and the pipeline goes on from the last commit.",
    fields: ["pipeline", "revision", "node", "reason", "before", "obstacles"]
  },
  CANARY_NONE: {
    status: 409,
    message: "{pipeline} runs no canary that could be taken everywhere",
    where: "the pipeline's name",
    why: "Its revision runs on all partitions already, or its run has ended.",
    remedy: "Start one with `millrace apply FILE --canary 25%`; `millrace status {pipeline}` shows it.",
    fields: ["pipeline"]
  },
  ROLLBACK_IMPOSSIBLE: {
    status: 409,
    message: "{pipeline} cannot take revision {revision} again: {reasons}",
    where: "the node, its state and the field, or the stream, that the message names",
    why: "An earlier plan is taken as it was; what has come since has to fit it: state that it can read, the streams that it reads, names that are still free.",
    remedy:
      "Choose another revision of `millrace pipeline history {pipeline}`, or apply a file that fits; state may be let go with `--discard-state`.",
    fields: ["pipeline", "revision", "reasons"]
  },
  GRANT_NEEDED: {
    status: 409,
    message: "{pipeline} asks for permissions that were not granted: {permissions}",
    where: "the nodes that the message names",
    why: "A plugin may touch what an operator agreed to, and nothing else.",
    remedy: "Look at them, and apply with `--grant` if you agree.",
    fields: ["pipeline", "permissions"]
  },
  PIPELINE_NOT_RUNNING: {
    status: 409,
    message: "The pipeline {pipeline} is {state}",
    where: "the pipeline",
    why: "Only the tasks of a running pipeline can answer.",
    remedy: "Resume it with `millrace pipeline resume {pipeline}`, or apply it, first.",
    fields: ["pipeline", "state"]
  },
  NODE_UNKNOWN: {
    status: 404,
    message: "The pipeline {pipeline} has no node {node}",
    where: "the node's name",
    why: "Nodes are called as in the pipeline file.",
    remedy: "Choose one of the nodes that `millrace status {pipeline}` lists.",
    fields: ["pipeline", "node", "nodes"]
  },
  RESET_IMPOSSIBLE: {
    status: 409,
    message: "{pipeline} cannot be set back there: {reason}",
    where: "the node that the message names",
    why: "A pipeline can only go back to what can be read again.",
    remedy:
      "Name another place with `--to`, or give the source's records a stream (`stream:`) for the next time.",
    fields: ["pipeline", "reason"]
  },
  SAVEPOINT_UNKNOWN: {
    status: 404,
    message: "The pipeline {pipeline} has no savepoint {savepoint}",
    where: "the savepoint's name",
    why: "None of this name was taken, or it was deleted.",
    remedy: "Choose one that `millrace pipeline savepoints` lists.",
    fields: ["pipeline", "savepoint"]
  },
  SAVEPOINT_EXISTS: {
    status: 409,
    message: "There can be no new savepoint {savepoint} of {pipeline}",
    where: "the savepoint's name",
    why: "There is one of this name, and a savepoint is never written over; or it is no name of a-z, 0-9 and hyphens.",
    remedy: "Choose another name, or delete that one with `millrace pipeline savepoint-delete`.",
    fields: ["pipeline", "savepoint"]
  },
  SAVEPOINT_FAILED: {
    status: 500,
    message: "The savepoint could not be written or read: {reason}",
    where: "the folder `savepoints` of the data folder",
    why: "The disk refused, or the file is not what was written.",
    remedy: "Make space, or choose another savepoint; nothing of one that failed is left.",
    fields: ["reason"]
  },
  BACKUP_FAILED: {
    status: 409,
    message: "The backup to {path} was not made: {reason}",
    where: "the place that was named, on the platform's machine",
    why: "There is something already, its folder is not there or not writable, or the disk is full.",
    remedy:
      "Name a place where nothing is, with room for all of the data folder; nothing of one that failed is left.",
    fields: ["path", "reason"]
  },
  BACKUP_REGISTRY_ELSEWHERE: {
    status: 409,
    message: "The registry is in {database}: no backup of the data folder alone is whole",
    where: "the database that the platform was started with",
    why: "Log and registry go together: a place in the log is of a revision that the registry has to know. PostgreSQL's own tools make the better copy of its part.",
    remedy:
      "Stop the platform with `millrace down`, copy the data folder, run `pg_dump --schema=millrace` on the database, and start again: both are of one moment then. docs/how-to/postgresql.md has it step by step.",
    fields: ["database"]
  },
  NODE_WITHOUT_STATE: {
    status: 409,
    message: "{node} keeps no state",
    where: "the node",
    why: "Only a node whose plugin declares state or timers keeps any, and only once it was opened.",
    remedy: "Choose one of the nodes that keep state: {nodes}.",
    fields: ["node", "nodes"]
  },
  STATE_KEY_UNKNOWN: {
    status: 404,
    message: "{node} keeps nothing of the key {key}",
    where: "the key",
    why: "No record of it came, what was kept has expired, or the key is written otherwise.",
    remedy: "List the keys with `millrace state show PIPELINE {node}`.",
    fields: ["node", "key"]
  },
  NODE_WITHOUT_TOPIC: {
    status: 409,
    message: "{node} is fused with its neighbours: what it gives is in no topic",
    where: "the node",
    why: "Neighbouring nodes run in one task, without a topic between them; only topics can be read.",
    remedy: "Tap a node that has one, or give the node a `stream:` and apply.",
    fields: ["node", "nodes"]
  },
  TOPIC_UNKNOWN: {
    status: 404,
    message: "There is no topic {topic}",
    where: "the topic's name",
    why: "No applied pipeline has made it.",
    remedy: "Choose one of `millrace topic list`.",
    fields: ["topic", "didYouMean"]
  },
  PARTITION_UNKNOWN: {
    status: 404,
    message: "The topic {topic} has no partition {partition}",
    where: "the partition",
    why: "Partitions are numbered from 0, and their number is fixed when a topic is made.",
    remedy: "Choose one of 0 to {last}.",
    fields: ["topic", "partition", "last"]
  },
  STREAM_UNKNOWN: {
    status: 404,
    message: "There is no stream {stream}",
    where: "the stream's name",
    why: "No applied pipeline names an output so.",
    remedy: "Choose one of `millrace stream list`.",
    fields: ["stream", "didYouMean"]
  },
  DEAD_LETTER_UNKNOWN: {
    status: 404,
    message: "The pipeline {pipeline} has no dead letter {id}",
    where: "the dead letter's id",
    why: "Ids are given by the log, one line of them for each pipeline.",
    remedy: "Choose one of `millrace dlq list {pipeline}`.",
    fields: ["pipeline", "id"]
  },
  DEAD_LETTER_EDIT_INVALID: {
    status: 422,
    message: "The dead letter {id} cannot take another value in {field}: {problem}",
    where: "the field of the edit",
    why: "A record that is put back in has to be one that its schema allows, and only fields of it can be replaced.",
    remedy:
      "Look at the record with `millrace dlq show PIPELINE {id}`, and give the field a value of its type.",
    fields: ["id", "field", "problem"]
  },
  DEAD_LETTER_WITHOUT_RECORD: {
    status: 409,
    message: "The dead letter {id} holds no record that could be replayed: a source rejected its text",
    where: "the dead letter",
    why: "What could not be read never became a record.",
    remedy: "Correct it at the source.",
    fields: ["id"]
  },
  LOG_FAILED: {
    status: 503,
    message: "The log could not do it: {reason}",
    where: "the platform's data folder",
    why: "The disk failed or is full, or what is there is damaged.",
    remedy: "See `millrace status` and the log of the process; repeat it once the log is well again.",
    fields: ["reason"]
  },
  SANDBOX_FAILED: {
    status: 503,
    message: "The sandbox could not do it: {reason}",
    where: "the sandbox process",
    why: "It could not be started, or it was killed at a limit.",
    remedy: "See `millrace doctor`; repeat it once the cause is mended.",
    fields: ["reason"]
  }
})
