import { StoreError } from "@millrace/registry/server"
import { TransportError } from "../transport/transport.ts"
import { ListenError } from "./http/listen.ts"
import { CommandError } from "./terminal/command-error.ts"
import { exitCode } from "./terminal/exit-code.ts"

interface Place {
  readonly folder: string
  readonly host: string
  readonly port: number
}

/** Why the platform did not start, in the command line's form. */
export const startFailed =
  (place: Place) =>
  (error: unknown): CommandError => {
    if (error instanceof CommandError) return error
    if (error instanceof TransportError) return logFailure(error, place)
    if (error instanceof ListenError) return listenFailure(error)
    if (error instanceof StoreError) return storeFailure(error, place)
    return new CommandError({
      code: "START_FAILED",
      message: error instanceof Error ? error.message : String(error),
      where: place.folder,
      remedy: "mend what the message names; `millrace doctor` checks Node, the sandbox and the folder",
      exit: exitCode.failed
    })
  }

const logCodes = {
  locked: [
    "DATA_FOLDER_IN_USE",
    "stop the other platform with `millrace down`, or name another folder with --data",
    exitCode.unavailable
  ],
  corrupt: [
    "DATA_FOLDER_DAMAGED",
    "restore the folder from a backup; nothing in it was changed",
    exitCode.failed
  ],
  formatVersion: [
    "DATA_FOLDER_NEWER",
    "use the release that wrote the folder, or a later one",
    exitCode.failed
  ],
  unauthorized: [
    "KAFKA_UNAUTHORIZED",
    "give the user the ACLs that docs/how-to/kafka.md lists, and start again",
    exitCode.notPermitted
  ],
  taken: [
    "KAFKA_PREFIX_TAKEN",
    "give this platform a prefix of its own (kafka.prefix in the config), or start it on the data folder of the other; where that one is gone for good, delete its topics first, all whose names begin with the prefix",
    exitCode.badInput
  ],
  registryChanged: [
    "KAFKA_REGISTRY_CHANGED",
    "set kafka.schemaRegistry in the config back to what it was; where no stream was ever written, delete the topics that begin with the prefix and move the data folder's folder kafka away",
    exitCode.badInput
  ],
  topicReset: [
    "KAFKA_CHECKPOINTS_LOST",
    "look whether kafka.brokers names the cluster that it worked with. Where the topics are gone for good, begin with an empty data folder or move its folder kafka away: pipelines then begin anew, and streams that are still there get their records once more",
    exitCode.unavailable
  ],
  diskFull: ["DISK_FULL", "make room on the disk and start again; nothing was lost", exitCode.unavailable]
} as const

const logFailure = (error: TransportError, { folder }: Place): CommandError => {
  const [code, remedy, exit] =
    error.reason in logCodes && isCoded(error.reason)
      ? logCodes[error.reason]
      : (["LOG_FAILED", "see the message; `millrace doctor` checks the folder", exitCode.failed] as const)
  return new CommandError({ code, message: error.message, where: folder, remedy, exit })
}

const isCoded = (reason: string): reason is keyof typeof logCodes => reason in logCodes

const listenFailure = ({ code, host, port }: ListenError): CommandError => {
  const busy = code === "EADDRINUSE"
  return new CommandError({
    code: busy ? "PORT_IN_USE" : "CANNOT_LISTEN",
    message: busy ? `port ${port} of ${host} is in use` : `cannot listen on ${host}:${port} (${code})`,
    where: `${host}:${port}`,
    remedy: busy
      ? "stop what uses it, or choose another with --port (0: any that is free)"
      : "choose another address with --host and --port",
    exit: exitCode.unavailable
  })
}

const storeFailure = (error: StoreError, { folder }: Place): CommandError => {
  const [code, remedy, exit] =
    error.reason === "full"
      ? logCodes.diskFull
      : ([`REGISTRY_${error.reason.toUpperCase()}`, error.remedy, exitOf(error)] as const)
  return new CommandError({
    code,
    message: `the registry could not ${error.operation}${ofDatabase(error)}`,
    where: folder,
    remedy,
    exit
  })
}

const exitOf = ({ reason }: StoreError) =>
  reason === "unavailable" || reason === "standby" ? exitCode.unavailable : exitCode.failed

/** Why a database was not reached, in its own words: they name hosts, users and databases, and no password. */
const ofDatabase = ({ cause, reason }: StoreError): string =>
  (reason === "unavailable" || reason === "denied") && cause instanceof Error && cause.message !== ""
    ? `: ${cause.message}`
    : ""
