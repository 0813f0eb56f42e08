import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { root } from "../../house/floors.ts"

export const recordingFile = join(root, "runtime/console/fixtures/fifty.ndjson.gz")

/** A minute of a real platform with a pipeline of fifty processors. */
export interface Recording {
  /** What `GET /api/status/fifty/graph` answered, as text. */
  readonly graph: string
  /** Events of `/api/live`, one a second, as text. */
  readonly events: readonly string[]
}

export const readRecording = (): Recording => {
  const [graph = "", ...events] = gunzipSync(readFileSync(recordingFile)).toString("utf8").trim().split("\n")
  return { graph, events }
}
