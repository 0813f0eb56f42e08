import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { type ApiError, apiError, type SavepointView } from "@millrace/sdk/api"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type Block, blockKinds, savepointBlocks, SavepointWriter } from "./savepoint-file.ts"
import { SavepointHead } from "./savepoint-head.ts"

const readHead = Schema.decodeUnknownSync(Schema.fromJsonString(SavepointHead))
const ending = ".savepoint"
const safeName = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** The folder of savepoints: `PIPELINE/NAME.savepoint`. */
export class Savepoints extends Context.Service<
  Savepoints,
  {
    readonly list: (pipeline: string | undefined) => Effect.Effect<readonly SavepointView[], ApiError>
    /** Looks at every byte; fails for one that is not whole. */
    readonly check: (pipeline: string, savepoint: string) => Effect.Effect<SavepointHead, ApiError>
    /** Its blocks after the head. Reading throws a SavepointFault where it is not whole. */
    readonly blocks: (
      pipeline: string,
      savepoint: string
    ) => Effect.Effect<{ readonly head: SavepointHead; readonly blocks: Iterable<Block> }, ApiError>
    /** A new one; fails when it is there. */
    readonly begin: (pipeline: string, savepoint: string) => Effect.Effect<SavepointWriter, ApiError>
    readonly remove: (pipeline: string, savepoint: string) => Effect.Effect<void, ApiError>
  }
>()("millrace/controller/Savepoints") {
  static readonly layer = (folder: string) => Layer.sync(Savepoints, () => serviceOf(folder))
}

const serviceOf = (folder: string): (typeof Savepoints)["Service"] => {
  const pathOf = (pipeline: string, savepoint: string): string | undefined =>
    safeName.test(pipeline) && safeName.test(savepoint)
      ? join(folder, pipeline, `${savepoint}${ending}`)
      : undefined
  const known = Effect.fnUntraced(function* (pipeline: string, savepoint: string) {
    const path = pathOf(pipeline, savepoint)
    if (path === undefined || !existsSync(path))
      return yield* apiError("SAVEPOINT_UNKNOWN", { pipeline, savepoint })
    return path
  })
  return {
    list: (pipeline) =>
      attempt(() =>
        pipelinesIn(folder)
          .filter((name) => pipeline === undefined || name === pipeline)
          .flatMap((name) => savepointsIn(folder, name))
          .toSorted((left, right) => left.takenAt - right.takenAt)
      ),
    check: (pipeline, savepoint) =>
      Effect.flatMap(known(pipeline, savepoint), (path) =>
        attempt(() => {
          let head: SavepointHead | undefined
          for (const block of savepointBlocks(path)) head ??= headOf(block)
          if (head === undefined) throw new RangeError("it is empty")
          return head
        })
      ),
    blocks: (pipeline, savepoint) =>
      Effect.flatMap(known(pipeline, savepoint), (path) =>
        attempt(() => {
          const blocks = savepointBlocks(path)
          const first = blocks.next()
          if (first.done === true) throw new RangeError("it is empty")
          return { head: headOf(first.value), blocks }
        })
      ),
    begin: Effect.fnUntraced(function* (pipeline: string, savepoint: string) {
      const path = pathOf(pipeline, savepoint)
      if (path === undefined || existsSync(path))
        return yield* apiError("SAVEPOINT_EXISTS", { pipeline, savepoint })
      return yield* attempt(() => {
        mkdirSync(join(folder, pipeline), { recursive: true, mode: 0o700 })
        return new SavepointWriter(path)
      })
    }),
    remove: (pipeline, savepoint) =>
      Effect.flatMap(known(pipeline, savepoint), (path) => attempt(() => rmSync(path)))
  }
}

const attempt = <A>(work: () => A): Effect.Effect<A, ApiError> =>
  Effect.try({ try: work, catch: savepointFailed })

export const savepointFailed = (cause: unknown): ApiError =>
  apiError("SAVEPOINT_FAILED", { reason: cause instanceof Error ? cause.message : String(cause) })

const headOf = ({ kind, payload }: Block): SavepointHead => {
  if (kind !== blockKinds.head) throw new RangeError("it does not begin with its head")
  return readHead(payload.toString("utf8"))
}

const pipelinesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : []

/** What a kill left half written is none; the next of its name is written over it. */
const savepointsIn = (folder: string, pipeline: string): readonly SavepointView[] =>
  readdirSync(join(folder, pipeline)).flatMap((file): readonly SavepointView[] => {
    const path = join(folder, pipeline, file)
    if (!file.endsWith(ending)) return []
    const savepoint = file.slice(0, -ending.length)
    const { mtimeMs, size } = statSync(path)
    const at = { pipeline, savepoint, bytes: size }
    try {
      const first = savepointBlocks(path).next()
      if (first.done === true) return []
      const { revision, takenAt } = headOf(first.value)
      return [{ ...at, revision, takenAt, isDamaged: false }]
    } catch {
      return [{ ...at, revision: 0, takenAt: mtimeMs, isDamaged: true }]
    }
  })
