import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileReader, compileWriter, generateView, generateWriter } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, ByteSink, keyOfText } from "@millrace/sdk/record"

/** The records that hostile plugins are given. */
export interface Movie {
  readonly id: string
  readonly title: string
  readonly rating: number
}

export const movieText = JSON.stringify({
  type: "record",
  name: "Movie",
  fields: [
    { name: "id", type: "string" },
    { name: "title", type: "string" },
    { name: "rating", type: "double" }
  ]
})
const schema = parseAvroOrThrow(movieText)
export const schemaHash = new Uint8Array(32).fill(7)
export const movieView = generateView({
  writer: schema,
  reads: { form: "whole", reader: schema },
  output: "same"
})
export const movieOutput = { name: "output", schemaHash, writer: generateWriter(schema) }
const writer = compileWriter(schema)
const reader = compileReader(schema, schema)

/** A batch frame; each record's key is its id. */
export function frameOf(movies: readonly Movie[]): Uint8Array {
  const batch = new BatchWriter()
  const sink = new ByteSink(1_000_000, 256)
  batch.begin(schemaHash, 1000)
  for (const [place, movie] of movies.entries()) {
    sink.length = 0
    writer.write(movie, sink)
    batch.append({ timestamp: 1000 + place, key: keyOfText(movie.id) }, sink.toBytes())
  }
  return batch.finish()
}

export function moviesIn(frame: Uint8Array): readonly Movie[] {
  const cursor = new BatchCursor(frame)
  const movies: Movie[] = []
  while (cursor.next()) {
    const value = reader.read(frame, cursor.valueStart, cursor.valueEnd)
    if (isMovie(value)) movies.push({ ...value })
  }
  return movies
}

function isMovie(value: unknown): value is Movie {
  return typeof value === "object" && value !== null && "id" in value
}
