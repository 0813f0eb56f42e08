import * as Schema from "effect/Schema"

const units: { readonly [unit: string]: number } = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }
const pattern = /^[1-9][0-9]{0,5}(?:KiB|MiB|GiB|TiB)$/

/** A number of bytes as a pipeline file says it: a whole number and a unit, `512KiB`, `256MiB`, `10GiB`. */
export const ByteSize = Schema.String.check(
  Schema.isPattern(pattern, { expected: "a size like 512KiB, 256MiB or 10GiB" })
)

/** Bytes of a text that fits {@link ByteSize}. */
export const bytesOfSize = (text: string): number =>
  Number.parseInt(text, 10) * (units[text.replace(/^[0-9]+/, "")] ?? 1)
