import { defineSink, type FileWriter, files, fromConfig, Schema } from "@millrace/sdk"
import { defaultRollBytes, SinkConfig } from "./config.ts"
import { encoderOf } from "./encoder.ts"
import { isPart, nextFile, openName, partName, type PartPlace, Token } from "./part-file.ts"

/** The folder holds files of another run, and `existing` is `fail`. */
export class FilesExistError extends Schema.TaggedError<FilesExistError>()("FilesExistError", {
  path: Schema.String,
  message: Schema.String
}) {}

/** Written in one request at most. */
const maxWriteBytes = 1024 * 1024

/**
 * Writes each partition's records into files of its own, exactly once: what is not committed is cut off before it is
 * written again, and a file gets its name when it is finished. Tombstones have no value to write and are passed over.
 */
export const filesSink = defineSink({
  name: "files-sink",
  description: "Writes records into files of NDJSON or Avro, exactly once.",
  config: SinkConfig,
  uses: { output: files.write(fromConfig("path")) },
  derive: () => ({ reads: { input: "*" }, output: "none" }),
  batch: { maxRecords: 10_000, maxDelayMs: 1_000 },
  *write(batch, { config, output, schema, partition, token, end }) {
    const place = placeOf(config, partition)
    const { mark, encode } = encoderOf(config, schema)
    const file = nextFile(token, mark)
    const { bytes, failed } = encode(batch, { partition, ...file })
    // Nothing to write: the next header waits for a record.
    if (bytes.length === 0 && file.alsoFinished !== undefined && token !== undefined) {
      return { token: { ...tokenOf(token), isFinished: end }, failed }
    }
    const length = file.length + bytes.length
    if (bytes.length > 0) yield* append(output, openName(place, file.sequence), file.length, bytes)
    const isFull = length >= (config.rollBytes ?? defaultRollBytes)
    return {
      token: {
        ...file,
        length,
        isFinished: length > 0 && (isFull || end),
        ...(mark === undefined ? {} : { mark, format: place.format })
      },
      failed
    }
  },
  transaction: {
    token: Token,
    *commit(token, { output, partition }) {
      yield* finish(output, partition, token)
    },
    *recover(token, { config, output, partition }) {
      if (token === undefined) return yield* begin(output, partition, config)
      yield* finish(output, partition, token)
      const { sequence, length } = nextFile(token, token.mark)
      const name = openName(placeOf(token, partition), sequence)
      if (length > 0) yield* output.writeAt(name, length, new Uint8Array())
      else yield* output.remove(name)
    }
  }
})

/** Of a config, or of a token, whose file may be of the format that the config had before. */
const placeOf = ({ format = "ndjson" }: { readonly format?: string }, partition: number): PartPlace => ({
  partition,
  format
})

/** A committed token as the next one: what it finished beside is done. */
const tokenOf = ({ alsoFinished: _, ...token }: Token): Token => token

function* append(output: FileWriter, name: string, offset: number, bytes: Uint8Array) {
  for (let done = 0; done < bytes.length; done += maxWriteBytes) {
    yield* output.writeAt(name, offset + done, bytes.subarray(done, done + maxWriteBytes))
  }
  yield* output.sync(name)
}

/** Gives its name to what the token finishes. */
function* finish(output: FileWriter, partition: number, token: Token) {
  const { alsoFinished } = token
  const finished = [
    ...(alsoFinished === undefined ? [] : [alsoFinished]),
    ...(token.isFinished ? [token] : [])
  ]
  for (const file of finished) {
    const place = placeOf(file, partition)
    yield* output.rename(openName(place, file.sequence), partName(place, file.sequence))
  }
}

/** The partition's first start: nothing is committed, so whatever is there is of another run. */
function* begin(output: FileWriter, partition: number, config: SinkConfig) {
  const found = (yield* output.list("")).map(({ path }) => path).filter((path) => isPart(path, partition))
  const [finished] = found.filter((path) => !path.startsWith("."))
  if (finished !== undefined && config.existing !== "replace") {
    return yield* new FilesExistError({
      path: config.path,
      message: `${config.path} holds ${finished} of another run: move it away, or set existing: replace`
    })
  }
  for (const path of found) yield* output.remove(path)
}
