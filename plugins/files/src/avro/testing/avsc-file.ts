import avsc from "avsc"

/** Container files as another implementation writes and reads them: the oracle of the tests. */
export interface AvscFileOptions {
  readonly codec?: "null" | "deflate"
  /** Bytes after which a block is closed. */
  readonly blockSize?: number
}

export const sync = new Uint8Array(16).fill(0xa5)

export const avscFile = async (
  schema: unknown,
  values: readonly unknown[],
  { codec = "null", blockSize = 500 }: AvscFileOptions = {}
): Promise<Uint8Array> => {
  const syncMarker = Buffer.from(sync)
  const given: avsc.Schema = JSON.parse(JSON.stringify(schema))
  const encoder = new avsc.streams.BlockEncoder(given, {
    codec,
    blockSize,
    syncMarker,
    writeHeader: "always"
  })
  const parts: Uint8Array[] = []
  encoder.on("data", (part: Uint8Array) => parts.push(part))
  const done = ended(encoder)
  for (const value of values) encoder.write(value)
  encoder.end()
  await done
  return Uint8Array.from(Buffer.concat(parts))
}

/** The values of a file, as plain objects. */
export const avscValues = async (file: Uint8Array): Promise<readonly unknown[]> => {
  const decoder = new avsc.streams.BlockDecoder()
  const values: unknown[] = []
  decoder.on("data", (value: unknown) => values.push(plain(value)))
  const done = ended(decoder)
  decoder.end(Buffer.from(file))
  await done
  return values
}

const ended = async (stream: NodeJS.ReadableStream): Promise<unknown> =>
  new Promise((resolve, reject) => {
    stream.on("end", resolve).on("error", reject)
  })

const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]): [string, unknown] => [key, plain(item)]))
}
