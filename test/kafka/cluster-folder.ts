import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import * as Schema from "effect/Schema"
import { isRelease } from "./releases.ts"
import type { Release } from "./releases.ts"
import { KafkaSetupError } from "./setup-error.ts"

/** What a folder's cluster is, kept beside its data, since no other can be started on it. */
const Identity = Schema.Struct({ id: Schema.String, release: Schema.String, brokers: Schema.Int })
type Identity = typeof Identity.Type
const decodeIdentity = Schema.decodeUnknownSync(Schema.fromJsonString(Identity))

export interface ClusterFolder {
  readonly path: string
  readonly id: string
  /** What this cluster's data is there already. */
  readonly isFormatted: boolean
  /** Removes the folder where it is a temporary one. */
  readonly remove: () => void
}

/** Kafka's ids of clusters: 16 bytes as URL-safe base64. Kafka makes none that begins with a hyphen, which its tools take for an option. */
export const newClusterId = (bytes: () => Buffer = () => randomBytes(16)): string => {
  const id = bytes().toString("base64url")
  return id.startsWith("-") ? newClusterId(bytes) : id
}

/** A cluster's folder: the given one, made where it is not there, or a temporary one. */
export const openClusterFolder = (
  release: Release,
  brokers: number,
  given: string | undefined
): ClusterFolder => {
  if (given === undefined) {
    const path = mkdtempSync(join(tmpdir(), "millrace-kafka-"))
    const remove = () => rmSync(path, { recursive: true, force: true })
    return { path, id: newClusterId(), isFormatted: false, remove }
  }
  const path = resolve(given)
  const file = join(path, "cluster.json")
  const kept = existsSync(file) ? identityOf(file) : undefined
  if (kept !== undefined) {
    refuseOther(path, kept, { id: kept.id, release, brokers })
    return { path, id: kept.id, isFormatted: true, remove: () => undefined }
  }
  mkdirSync(path, { recursive: true })
  return { path, id: newClusterId(), isFormatted: false, remove: () => undefined }
}

/** Says that a folder's brokers are formatted; until then its formatting begins anew. */
export const sealClusterFolder = (folder: ClusterFolder, release: Release, brokers: number): void =>
  writeFileSync(join(folder.path, "cluster.json"), JSON.stringify({ id: folder.id, release, brokers }))

const identityOf = (file: string): Identity => {
  try {
    return decodeIdentity(readFileSync(file, "utf8"))
  } catch {
    throw new KafkaSetupError({
      message: `${file} does not say what cluster lies there`,
      remedy: "Give another folder by --data, or delete this one."
    })
  }
}

const refuseOther = (path: string, kept: Identity, wanted: Identity): void => {
  if (kept.release === wanted.release && kept.brokers === wanted.brokers && isRelease(kept.release)) return
  throw new KafkaSetupError({
    message: `${path} has a cluster of ${kept.brokers} of Kafka ${kept.release}, not of ${wanted.brokers} of Kafka ${wanted.release}`,
    remedy: `Start it with --kafka ${kept.release} --brokers ${kept.brokers}, or give another folder by --data.`
  })
}
