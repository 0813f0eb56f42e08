import { resolve } from "node:path"
import * as Effect from "effect/Effect"
import { type FileRecord, readRecordFile } from "./record-file.ts"

/** An input's name, `""` for the only one, and the file of its records. */
const parts = (given: string): readonly [input: string, file: string] => {
  const named = /^([A-Za-z_$][\w$-]*)=(.+)$/.exec(given)
  return named === null ? ["", resolve(given)] : [named[1] ?? "", resolve(named[2] ?? "")]
}

/** The files of `--records`: what is watched. */
export const ownRecordFiles = (given: readonly string[]): readonly string[] =>
  given.map((each) => parts(each)[1])

/** The author's own records, by input. */
export const readOwnRecords = Effect.fn("readOwnRecords")(function* (given: readonly string[]) {
  const records = new Map<string, readonly FileRecord[]>()
  for (const each of given) {
    const [input, file] = parts(each)
    records.set(input, yield* readRecordFile(file))
  }
  return records
})
