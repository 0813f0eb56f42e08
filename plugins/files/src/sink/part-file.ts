import { Schema } from "@millrace/sdk"

/** What of a partition's files is committed. */
export const Token = Schema.Struct({
  /** Number of the file that is written, from 0. */
  sequence: Schema.Int,
  /** Its bytes that belong to the commit. */
  length: Schema.Int,
  /** It is finished: what comes next goes into the next file. */
  isFinished: Schema.Boolean,
  /** Of the file; absent: ndjson. */
  format: Schema.optionalKey(Schema.String),
  /** avro: by which header the file was begun. */
  mark: Schema.optionalKey(Schema.String),
  /** The file before, which this commit finishes as well: what follows has another header or format. */
  alsoFinished: Schema.optionalKey(
    Schema.Struct({ sequence: Schema.Int, format: Schema.optionalKey(Schema.String) })
  )
})
export type Token = typeof Token.Type

const number = (value: number, digits: number): string => String(value).padStart(digits, "0")

/** Of which files: their format is the end of their names. */
export interface PartPlace {
  readonly partition: number
  readonly format: string
}

/** `part-00003-000001.ndjson`: the second file of partition 3. */
export const partName = ({ partition, format }: PartPlace, sequence: number): string =>
  `part-${number(partition, 5)}-${number(sequence, 6)}.${format}`

/** The same while it is written: hidden from whoever reads the folder. */
export const openName = (place: PartPlace, sequence: number): string =>
  `.${partName(place, sequence)}.inprogress`

/** True for the names above, of this partition. */
export const isPart = (path: string, partition: number): boolean =>
  new RegExp(`^\\.?part-${number(partition, 5)}-[0-9]{6,}\\.[a-z]+(?:\\.inprogress)?$`).test(path)

/** A file to be written: which, and the bytes that it has. */
export interface PartFile {
  readonly sequence: number
  readonly length: number
  /** The file before, which must be finished first. */
  readonly alsoFinished?: NonNullable<Token["alsoFinished"]>
}

/** The file that the next record goes into: another one after a finished one, and where the mark is another. */
export const nextFile = (token: Token | undefined, mark: string | undefined): PartFile => {
  if (token === undefined) return { sequence: 0, length: 0 }
  const { sequence, length, format } = token
  if (token.isFinished) return { sequence: sequence + 1, length: 0 }
  if (length === 0 || token.mark === mark) return { sequence, length }
  const alsoFinished = { sequence, ...(format === undefined ? {} : { format }) }
  return { sequence: sequence + 1, length: 0, alsoFinished }
}
