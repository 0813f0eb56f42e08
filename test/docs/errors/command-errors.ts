import type { Rows } from "./row.ts"

/** What the command line says by itself, of its arguments, files and the platform's start. */
const inUse: Rows = {
  USAGE: {
    message: "The command was written wrongly",
    where: "the argument or flag",
    why: "There is no such command, argument or flag, or two exclude each other.",
    remedy: "See the command's `--help`."
  },
  INTERNAL: {
    message: "This is a bug: the cause, whole",
    where: "Millrace itself",
    why: "Something failed that was not expected to.",
    remedy: "Report it with what was printed."
  },
  SERVER_NOT_UP: {
    message: "No Millrace is up here",
    where: "the data folder",
    why: "The command is a client of a running platform, and none runs on this data folder.",
    remedy: "Start one with `millrace up`, or name another with `--data FOLDER` or `--url URL`."
  },
  CLIENT_UNREACHABLE: {
    message: "The platform does not answer",
    where: "its address",
    why: "The connection was refused, or the address is wrong.",
    remedy: "Check the address, and that `millrace up` is running."
  },
  CLIENT_INTERRUPTED: {
    message: "The reply ended early",
    where: "the platform's address",
    why: "The connection broke.",
    remedy: "Repeat the command."
  },
  CLIENT_NOT_MILLRACE: {
    message: "The answer is not one of Millrace's API",
    where: "the platform's address",
    why: "Something else listens there, or a release that is far from this one.",
    remedy: "Check that the address is that of a Millrace server of a release near this one."
  },
  CLIENT_INTEGRITY: {
    message: "The bytes are not those that their digest names",
    where: "the package's archive",
    why: "It was changed on the way or in the store.",
    remedy: "Repeat the command; if it fails again, restore the store from a backup."
  },
  PAUSE_PENDING: {
    message: "The pipeline is to pause, and tasks still have a batch in hand after a minute",
    where: "the tasks, as chain and partition",
    why: "A batch in hand is ended and committed before its task stops, and this one takes long: a slow plugin, or a place outside that does not answer.",
    remedy: "Wait, and look with `millrace status PIPELINE`; nothing is lost."
  },
  RESTORE_FAILED: {
    message: "The backup is not whole, or the data folder is not empty",
    where: "the backup, and the file in it",
    why: "Every file is held to its SHA-256 before anything is written, and nothing is ever written over a data folder.",
    remedy:
      "Name a backup that `millrace restore BACKUP --check` finds whole, and a folder that is empty, or say `--replace`; nothing was changed."
  },
  RESTORE_UP: {
    message: "A platform is up on the data folder",
    where: "the data folder",
    why: "A data folder is never changed under a platform that runs.",
    remedy: "Stop it with `millrace down`, or name another folder with `--data`."
  },
  CONFIG_INVALID: {
    message: "Something is wrong in the file of `millrace up --config`",
    where: "file, line, column and key",
    why: "There is no such key, a value does not fit, a variable of the environment is not set, or the file is not YAML. All problems are named at once.",
    remedy: "Correct it as the message says; docs/up.schema.json has every key."
  },
  CONFIG_UNREADABLE: {
    message: "The file of `millrace up --config` cannot be read",
    where: "the file",
    why: "It is not there, or its rights forbid it.",
    remedy: "Name a file that is there and readable."
  },
  FILE_UNREADABLE: {
    message: "The file cannot be read",
    where: "the file",
    why: "It is not there, or its rights forbid it.",
    remedy: "Name a file that is there and readable."
  },
  FILE_UNWRITABLE: {
    message: "The file cannot be written",
    where: "the file",
    why: "Its folder is not writable, or the disk is full.",
    remedy: "Make its folder writable, or name another."
  },
  STILL_UP: {
    message: "The platform has not ended within 30 seconds",
    where: "its process",
    why: "It waits for a batch in hand that does not end.",
    remedy: "Look at its output; `kill -9` of the process loses nothing that was committed."
  },
  PIPELINE_STOPPED: {
    message:
      "The pipeline is paused, failed or degraded: the task's own code and message stand instead where there is one",
    where: "the pipeline, and the node",
    why: "`millrace run` follows a pipeline and says so when it stops.",
    remedy:
      "See `millrace dlq list PIPELINE` and `millrace logs PIPELINE`, correct the cause, then `millrace pipeline resume PIPELINE`."
  },
  NOT_CONFIRMED: {
    message: "Nothing was done, for nobody said yes",
    where: "the command",
    why: "What cannot be taken back is done only after a yes, at the terminal or by a flag.",
    remedy: "Look at what it would do with `--dry-run`, and say `--yes`."
  },
  GRANT_NEEDED: {
    message: "The pipeline asks for permissions that were not granted",
    where: "the nodes that the message names",
    why: "A plugin may touch what an operator agreed to, and nothing else.",
    remedy:
      "Look at them with `millrace plan`, and apply with `--grant` if you agree; `millrace dev` asks on a terminal."
  }
}

const atStart: Rows = {
  START_FAILED: {
    message: "The platform did not start: the cause",
    where: "the data folder",
    why: "Something failed that has no code of its own; the message is all that is known.",
    remedy: "Mend what the message names; `millrace doctor` checks Node, the sandbox and the folder."
  },
  DATA_FOLDER_IN_USE: {
    message: "Another platform has the data folder",
    where: "the data folder",
    why: "A data folder has one writer; a lock in it says so.",
    remedy: "Stop the other platform with `millrace down`, or name another folder with `--data`."
  },
  DATA_FOLDER_DAMAGED: {
    message: "The log in the data folder is damaged",
    where: "the data folder",
    why: "A file is truncated or its checksums do not fit; it is looked at before it is opened.",
    remedy: "Restore the folder from a backup; nothing in it was changed."
  },
  DATA_FOLDER_NEWER: {
    message: "The data folder was written by a newer release",
    where: "the data folder",
    why: "Formats on disk carry versions, and older releases do not read newer ones.",
    remedy: "Use the release that wrote the folder, or a later one."
  },
  DISK_FULL: {
    message: "The disk is full",
    where: "the data folder",
    why: "What a plugin gives is committed before it counts, and that takes room.",
    remedy: "Make room on the disk and start again; nothing was lost."
  },
  LOG_FAILED: {
    message: "The log could not be opened: the cause",
    where: "the data folder",
    why: "The disk failed, or its rights forbid it.",
    remedy: "See the message; `millrace doctor` checks the folder."
  },
  REGISTRY_BUSY: {
    message: "The registry's store is held by another process",
    where: "the data folder",
    why: "Something else has opened the registry's database.",
    remedy: "Stop the other process that uses this data folder."
  },
  REGISTRY_UNAVAILABLE: {
    message: "The registry's database does not answer",
    where: "the database's address, without its password",
    why: "PostgreSQL is not up, is starting, has no room for another connection, or cannot be reached from here.",
    remedy: "See that it runs and can be reached from this machine, and start again."
  },
  REGISTRY_DENIED: {
    message: "The registry's database does not let this user in",
    where: "the database's address, without its password",
    why: "User, password or database are not known there, the user may not make tables, or the server's certificate is not trusted.",
    remedy:
      "Check the address, and that the user may create a schema in the database; a certificate of your own is named with `sslrootcert`."
  },
  REGISTRY_STANDBY: {
    message: "Another platform of the database took over while this one started",
    where: "the database's address, without its password",
    why: "This one had the lead, and was stopped or had no answer of the database for longer than its lease.",
    remedy: "Start it again: it stands by then."
  },
  SEED_INVALID: {
    message: "The platform's seed cannot be used",
    where: "the file that `seedFile` of the config names",
    why: "It is not there, does not hold 32 bytes, or the log is not in Kafka: an embedded log has its seed beside it.",
    remedy:
      "Write 32 random bytes there, as `openssl rand -hex 32` prints them. A platform that ran before has its own in the file `seed` of its data folder."
  },
  WORKER_REFUSED: {
    message: "A platform gives no work to this worker",
    where: "`--url`, and the token in MILLRACE_TOKEN",
    why: "Its log is embedded, the token has another scope, or it does not answer.",
    remedy: "Start the platform with `--kafka`, and use a token of the scope `work`."
  },
  WORKER_UNENCRYPTED: {
    message: "A worker would be given secrets over a network without TLS",
    where: "`--url`",
    why: "Who can read the network between would have its token, plans, and the secrets of all pipelines.",
    remedy:
      "Name an address that begins with `https`, or a tunnel on the worker's machine; where nobody else can read the network between, say so with `--plain-http`."
  },
  KAFKA_ADDRESS_INVALID: {
    message: "An address of a Kafka broker cannot be used",
    where: "`--kafka`, or `kafka.brokers` in the config",
    why: "It is not HOST:PORT, or the list is empty.",
    remedy: "Write HOST:PORT, several with commas between, as `npm run kafka` prints it."
  },
  KAFKA_AUTHENTICATION_FAILED: {
    message: "Kafka does not let the platform in",
    where: "the broker",
    why: "It does not know the user, the password or the token, or takes no such mechanism.",
    remedy:
      "Look at `user`, `password`, `mechanism` and `oauth` under `kafka:` of the config, and at the users that the brokers have."
  },
  KAFKA_TLS_FAILED: {
    message: "No TLS connection to Kafka can be made",
    where: "the broker",
    why: "One side speaks TLS and the other does not, or one does not trust the other's certificate.",
    remedy:
      "Look at `tls` under `kafka:` of the config: whether this listener speaks TLS, and whether `ca` has the authority of its certificate."
  },
  KAFKA_TOKEN_REFUSED: {
    message: "Kafka asks for a token, and whoever gives tokens refuses one",
    where: "the broker that was to be asked",
    why: "The endpoint does not know the client or its secret, or the scope or audience is wrong.",
    remedy: "Look at `oauth` under `kafka:` of the config."
  },
  KAFKA_SETTINGS_INVALID: {
    message: "Settings under `kafka:` contradict each other, or their files cannot be used",
    where: "the key, in the config",
    why: "Something is there twice or is missing, as a password without a user or a certificate without its key.",
    remedy: "As the message says; [Run on Kafka](how-to/kafka.md) has an example of each kind."
  },
  KAFKA_REGISTRY_CHANGED: {
    message: "Streams have been written with ids of another schema registry than the config's",
    where: "the data folder",
    why: "Ids stand before the values in the topics; read by another registry's, a record would be taken for something else.",
    remedy:
      "Set `kafka.schemaRegistry` in the config back. Where no stream was ever written: delete the topics whose names begin with the prefix, and move the folder `kafka` of the data folder away."
  },
  KAFKA_FILE_UNREADABLE: {
    message: "A file that `kafka:` names cannot be read",
    where: "the key, in the config",
    why: "It is not there, or the platform's user may not read it.",
    remedy: "Name one that is; a path is from the config's folder."
  },
  KAFKA_UNUSABLE: {
    message: "Kafka answers, and cannot be used",
    where: "the broker",
    why: "It is older than 3.1, or is no Kafka broker.",
    remedy: "See the message; [Run on Kafka](how-to/kafka.md) has the settings of a secured cluster."
  },
  KAFKA_UNAUTHORIZED: {
    message: "Kafka does not let the platform's user do what a platform does",
    where: "the data folder; the message names the topic or the transactional id",
    why: "An ACL is missing.",
    remedy: "Give the user what [Run on Kafka](how-to/kafka.md) lists, and start again."
  },
  KAFKA_PREFIX_TAKEN: {
    message: "Another platform keeps its work in the cluster under this prefix",
    where: "the data folder; the message names the prefix and both platforms' ids",
    why: "Two that shared a prefix would take each other's checkpoints for their own. A platform is known by its data folder (the file `seed`).",
    remedy:
      "Give this one a `kafka.prefix` of its own, or start it on the other's data folder. Where the other is gone for good, delete its topics first, all whose names begin with the prefix."
  },
  KAFKA_CHECKPOINTS_LOST: {
    message: "What the platform keeps in Kafka is not there",
    where: "the data folder; the message names the topic",
    why: "Somebody has deleted the topic `PREFIXcheckpoints`, or `kafka.brokers` names another cluster. Pipelines would begin anew, and write once more what they have written.",
    remedy:
      "Name the cluster that it worked with. Where that is gone for good, begin with an empty data folder, or move its folder `kafka` away."
  },
  DATABASE_ADDRESS_INVALID: {
    message: "The address of the registry's database cannot be read",
    where: "the flag, the config's key or the variable that gave it",
    why: "It is no address of PostgreSQL, or has a part that Millrace does not know. The address is not shown: it may have a password in it.",
    remedy:
      "Write it as `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with what is no letter or digit as `%HH`."
  },
  REGISTRY_IN_FOLDER: {
    message: "A database was named, and the data folder has a registry of its own",
    where: "the registry's file",
    why: "The database knows none of the folder's pipelines: its log would lie still.",
    remedy:
      "Start it without `--database`, or name a new data folder with `--data` and publish and apply there what it is to have."
  },
  REGISTRY_IN_DATABASE: {
    message: "The registry of the data folder is in PostgreSQL, and no database was named",
    where: "the database's address, without its password",
    why: "With an empty registry the folder's log would lie still.",
    remedy: "Start it with `--database`, or with `MILLRACE_DATABASE` in the environment."
  },
  LOG_ELSEWHERE: {
    message: "The database's pipelines go on in the log of another data folder",
    where: "the data folder that was named",
    why: "What a pipeline has read, and its state, is in the log: on another it would begin anew, and do again what was done.",
    remedy:
      "Name that folder with `--data`, or a copy that was restored from its backup. To begin anew with an empty log: `DELETE FROM millrace.log_home`."
  },
  LEADERSHIP_LOST: {
    message: "Another platform of the database leads now, and this one ended",
    where: "the database's address, without its password",
    why: "It was stopped, or had no answer of the database, for longer than its lease; nothing that it wrote since then passed.",
    remedy: "Start it again: it stands by then. A service manager that restarts what fails does so by itself."
  },
  REGISTRY_IO: {
    message: "The registry could not use its store",
    where: "the data folder",
    why: "The operating system refused to read or write the database's file.",
    remedy: "See the cause in the log; check the folder's rights with `millrace doctor`."
  },
  REGISTRY_CORRUPT: {
    message: "The registry's store is damaged",
    where: "the data folder",
    why: "The database does not pass its own check.",
    remedy: "Restore the folder from a backup."
  },
  REGISTRY_NEWER: {
    message: "The registry's store was written by a newer release",
    where: "the data folder",
    why: "Formats on disk carry versions, and older releases do not read newer ones.",
    remedy: "Use the release that wrote the folder, or a later one."
  },
  NOTIFY_FILE_INVALID: {
    message: "What is wrong in the file that says where alerts are told",
    where: "file, line and column",
    why: "A key is unknown, a value does not fit, or a variable of the environment is not set.",
    remedy: "Correct the file; [Be told when something is wrong](how-to/alerts.md) shows one."
  },
  NOTIFY_FILE_UNREADABLE: {
    message: "The file that says where alerts are told cannot be read",
    where: "the file",
    why: "It is not there, may not be read, or is far too long.",
    remedy: "Name another with `--notify FILE`, or make it readable."
  },
  ALERT_SCALE_INVALID: {
    message: "The setting does not say by how much the times of alerts are shorter",
    where: "MILLRACE_ALERT_SCALE",
    why: "It is a number from 0.001 to 1, for trying alerts out.",
    remedy: "Give such a number, or unset it."
  },
  PORT_IN_USE: {
    message: "The port is in use",
    where: "host and port",
    why: "Another program, or another platform, listens there.",
    remedy: "Stop what uses it, or choose another with `--port` (0: any that is free)."
  },
  CANNOT_LISTEN: {
    message: "It is not possible to listen there",
    where: "host and port",
    why: "The address is not this machine's, or the port is reserved.",
    remedy: "Choose another address with `--host` and `--port`."
  }
}

export const commandErrors: Rows = { ...inUse, ...atStart }
