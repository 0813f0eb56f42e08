import type { FileReader, Log } from "@millrace/sdk"
import type { Cut, Item, Piece } from "../format/cut.ts"
import { findFiles, readSome } from "./find-files.ts"
import { type Followed, type FollowedFile, headOf, maxHeadBytes, nothingFollowed } from "./followed.ts"

/** One read of files that grow. */
export interface Follow {
  readonly input: FileReader
  readonly log: Log
  readonly maxRecords: number
  /** Read at once. */
  readonly pieceBytes: number
  /** Between two looks at files that did not grow, ms. */
  readonly waitMs: number
  /** True for a file that is not to be read. */
  readonly isHidden: (path: string) => boolean
  readonly cut: (piece: Piece, file: string) => Cut
}

/**
 * Reads a piece of the next file that has grown. A last line without its end is no record yet. Files that come are found at
 * every read; what was cut off or renamed is told in the log.
 */
export function* followFiles(position: Followed | undefined, follow: Follow) {
  const { input, isHidden, log, maxRecords, waitMs } = follow
  const listed = (yield* input.list("")).filter(({ path }) => path === "" || !isHidden(path))
  const sizes = new Map(listed.map(({ path, size }) => [path, size]))
  const found = yield* findFiles(position ?? nothingFollowed, listed, input, (message, path) =>
    log.warn(message, { path })
  )
  for (const file of inTurn(found)) {
    if ((sizes.get(file.path) ?? 0) <= file.offset) continue
    const bytes = yield* readSome(input, file.path, file.offset, follow.pieceBytes)
    const { columns, offset, place, skip } = file
    const start = {
      offset,
      place,
      ...(columns === undefined ? {} : { columns }),
      ...(skip === undefined ? {} : { skip })
    }
    const cut = follow.cut({ bytes, position: start, isLast: false, maxRecords }, file.path)
    if (cut.position.offset === offset) continue
    const read = yield* withHead(
      { path: file.path, head: file.head, headBytes: file.headBytes, ...cut.position },
      input
    )
    const files = found.files.map((one) => (one === file ? read : one))
    const next = "more" as const
    return {
      file: file.path,
      items: cut.items,
      position: { ...found, files, turn: file.path },
      next,
      waitMs: 0
    }
  }
  const items: readonly Item[] = []
  return { file: "", items, position: found, next: "idle" as const, waitMs }
}

/** The files behind the one that was read last, then those before it: none waits for ever for one that grows fast. */
const inTurn = ({ files, turn }: Followed): readonly FollowedFile[] => {
  const at = files.findIndex(({ path }) => path > turn)
  return at < 0 ? files : [...files.slice(at), ...files.slice(0, at)]
}

/** Knows a file by more of its beginning, while that grows. Only bytes that were read: what follows may still change. */
function* withHead(file: FollowedFile, input: FileReader) {
  const headBytes = Math.min(file.offset, maxHeadBytes)
  if (headBytes === file.headBytes) return file
  const bytes = yield* readSome(input, file.path, 0, headBytes)
  return { ...file, headBytes: bytes.length, head: headOf(bytes) }
}
