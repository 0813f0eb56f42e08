import { defineSource, files, fromConfig, log, type Rejected, Schema, type SourceRecord } from "@millrace/sdk"
import { readContainer } from "../avro/read-container.ts"
import {
  type Cut,
  type CutPiece,
  FileFormatError,
  type Item,
  maxRecordBytes,
  type Piece
} from "../format/cut.ts"
import { cutCsv } from "../format/csv.ts"
import { cutArray } from "../format/json-array.ts"
import { cutLines } from "../format/ndjson.ts"
import { Position } from "../format/position.ts"
import { followFiles } from "../follow/follow-files.ts"
import { SourceConfig } from "./config.ts"
import { contractOf } from "./contract.ts"
import { recordConverter } from "./convert-record.ts"
import { Misfit } from "./convert-value.ts"
import { fieldPlans } from "./field-plan.ts"

/** There is nothing at the config's path. */
export class NoFilesError extends Schema.TaggedError<NoFilesError>()("NoFilesError", {
  path: Schema.String,
  message: Schema.String
}) {}

/** A partition of a path that is a file itself; no file below a folder has this name. */
const itself = "."

/** Read at once: a record of the largest size and its end are in it. */
const pieceBytes = maxRecordBytes + 1_024

/** The one partition of files that are followed; no file has this name. */
const everything = "//"

/** Reads files once, from their beginning to their end, each of which is a partition; or follows them as they grow. */
export const filesSource = defineSource({
  name: "files-source",
  description: "Reads files of NDJSON, JSON, CSV or Avro, each once and to its end, or as they grow.",
  config: SourceConfig,
  uses: { input: files.read(fromConfig("path")), log: log() },
  derive: ({ config }) => contractOf(config),
  position: Position,
  bounded: { unless: "follow" },
  *partitions({ config, input }) {
    if (config.follow === true) return [everything]
    const found = yield* input.list("")
    const names = found.map(({ path }) => (path === "" ? itself : path)).filter((path) => !isHidden(path))
    if (names.length > 0) return names
    return yield* new NoFilesError({
      path: config.path,
      message: `there is no file at ${config.path}: correct the node's path`
    })
  },
  *read(position, { config, input, log, partition, maxRecords, maxBytes }) {
    const nameOf = (path: string) => (path === "" ? (config.path.split("/").at(-1) ?? "") : path)
    if (config.follow === true && (config.format === "ndjson" || config.format === "csv")) {
      const cutter = cutters[config.format]
      const read = yield* followFiles(position?.follow, {
        input,
        log,
        maxRecords,
        pieceBytes,
        waitMs: config.poll ?? 1_000,
        isHidden,
        cut: (piece, path) => cutFile(piece, nameOf(path), config, cutter)
      })
      const { next, waitMs } = read
      const at = { offset: 0, place: 0, follow: read.position }
      return { ...judged(read.items, nameOf(read.file), config), position: at, next, waitMs }
    }
    const file = partition === itself ? (config.path.split("/").at(-1) ?? "") : partition
    const path = partition === itself ? "" : partition
    if (config.format === "avro") {
      return yield* readContainer(position, { config, input, path, file, maxRecords, maxBytes })
    }
    const start = position ?? { offset: 0, place: config.format === "json" ? 0 : 1 }
    const bytes = yield* input.read(path, start.offset, pieceBytes)
    const piece = { bytes, position: start, isLast: bytes.length < pieceBytes, maxRecords }
    const cut = cutFile(piece, file, config, cutters[config.format])
    return { ...judged(cut.items, file, config), position: cut.position, next: cut.isDone ? "end" : "more" }
  }
})

/** A file's own name may begin with a dot or end so while it is written; it is no data yet. */
const isHidden = (path: string): boolean =>
  path !== itself && path.split("/").some((part) => part.startsWith(".") || part.endsWith(".inprogress"))

const cutters: { readonly [format in Exclude<SourceConfig["format"], "avro">]: CutPiece } = {
  ndjson: cutLines,
  json: cutArray,
  csv: cutCsv
}

/** Cuts a piece; says of which file it is when that is not of its format. */
const cutFile = (piece: Piece, file: string, config: SourceConfig, cutPiece: CutPiece): Cut => {
  try {
    const cut = cutPiece(piece)
    checkColumns(cut, config)
    return cut
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error
    throw new FileFormatError({ file, message: `${file}: ${error.message}` })
  }
}

/** A column that is not there at all is a mistake of the config, not of each record. */
const checkColumns = ({ position: { columns } }: Cut, config: SourceConfig): void => {
  if (columns === undefined) return
  const missing = fieldPlans(config).find(({ from, hasDefault }) => !hasDefault && !columns.includes(from))
  if (missing === undefined) return
  const message = `it has no column ${JSON.stringify(missing.from)}; its columns are ${columns.slice(0, 12).join(", ")}`
  throw new FileFormatError({ file: "", message })
}

/** Records that fit, and those that do not with their place and text. */
const judged = (items: readonly Item[], file: string, config: SourceConfig) => {
  const convert = recordConverter(fieldPlans(config), config.format === "csv")
  const records: SourceRecord<unknown>[] = []
  const rejected: Rejected[] = []
  for (const item of items) {
    const fit = "reason" in item ? new Misfit(item.reason) : convert(item.value)
    if (fit instanceof Misfit) {
      const at = config.format === "json" ? `${file}[${item.at}]` : `${file}:${item.at}`
      rejected.push({ at, reason: fit.reason, raw: item.raw() })
    } else records.push(fit)
  }
  return { records, rejected }
}
