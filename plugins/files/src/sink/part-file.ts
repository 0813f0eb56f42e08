import { Schema } from "@millrace/sdk"

/** What of a partition's files is committed. */
export const Token = Schema.Struct({
  /** Number of the file that is written, from 0. */
  sequence: Schema.Int,
  /** Its bytes that belong to the commit. */
  length: Schema.Int,
  /** It is finished: what comes next goes into the next file. */
  isFinished: Schema.Boolean
})
export type Token = typeof Token.Type

const number = (value: number, digits: number): string => String(value).padStart(digits, "0")

/** `part-00003-000001.ndjson`: the second file of partition 3. */
export const partName = (partition: number, sequence: number): string =>
  `part-${number(partition, 5)}-${number(sequence, 6)}.ndjson`

/** The same while it is written: hidden from whoever reads the folder. */
export const openName = (partition: number, sequence: number): string =>
  `.${partName(partition, sequence)}.inprogress`

/** True for the names above, of this partition. */
export const isPart = (path: string, partition: number): boolean =>
  new RegExp(`^\\.?part-${number(partition, 5)}-[0-9]{6,}\\.[a-z]+(?:\\.inprogress)?$`).test(path)

/** The file that the next record goes into. */
export const nextFile = (token: Token | undefined): Token => {
  if (token === undefined) return { sequence: 0, length: 0, isFinished: false }
  return token.isFinished ? { sequence: token.sequence + 1, length: 0, isFinished: false } : token
}
