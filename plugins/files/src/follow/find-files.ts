import { CapabilityError, type FileInfo, type FileReader } from "@millrace/sdk"
import * as Effect from "effect/Effect"
import { type Followed, type FollowedFile, headOf, maxLost, newFile } from "./followed.ts"

/** Told of what became of a file: it is in the log, for records may be missing there. */
export type Tell = (message: string, path: string) => void

/**
 * Finds the files of a listing among those that were followed: by name, while they have not shrunk and begin as they did; by
 * their beginning under another name, when they were renamed. All others are new.
 */
export function* findFiles(followed: Followed, listed: readonly FileInfo[], input: FileReader, tell: Tell) {
  const known = new Map(followed.files.map((file) => [file.path, file]))
  const here: FollowedFile[] = []
  const unknown: FileInfo[] = []
  const lost = [...followed.lost]
  for (const info of listed) {
    const file = known.get(info.path)
    known.delete(info.path)
    if (file === undefined) unknown.push(info)
    else if (
      info.size === file.offset ||
      (info.size > file.offset && (yield* isSame(file, info.path, input)))
    )
      here.push(file)
    else {
      const what = info.size < file.offset ? "was cut off, or is another one" : "is another one"
      tell(`the file ${what}: it is read from its beginning`, info.path)
      lost.push(file)
      here.push(newFile(info.path))
    }
  }
  lost.push(...known.values())
  for (const info of unknown) {
    const at = yield* indexIn(lost, info, input)
    const [found] = at < 0 ? [] : lost.splice(at, 1)
    if (found !== undefined) tell(`the file was ${found.path}: it is read on from where that was`, info.path)
    here.push(found === undefined ? newFile(info.path) : { ...found, path: info.path })
  }
  return { ...followed, files: here, lost: lost.slice(-maxLost) } satisfies Followed
}

/** Which of the lost ones a new file is. */
function* indexIn(lost: readonly FollowedFile[], info: FileInfo, input: FileReader) {
  for (let at = lost.length - 1; at >= 0; at--) {
    const file = lost[at]
    if (file === undefined || file.headBytes === 0 || info.size < file.offset) continue
    if (yield* isSame(file, info.path, input)) return at
  }
  return -1
}

function* isSame({ head, headBytes }: FollowedFile, path: string, input: FileReader) {
  if (headBytes === 0) return true
  return headOf(yield* readSome(input, path, 0, headBytes)) === head
}

/** A file that is gone by now has no bytes. */
export const readSome = (input: FileReader, path: string, offset: number, length: number) =>
  input.read(path, offset, length).pipe(
    Effect.catchIf(
      (error) => error instanceof CapabilityError && error.code === "NOT_FOUND",
      () => Effect.succeed(new Uint8Array())
    )
  )
