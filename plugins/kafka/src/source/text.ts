import { Misfit } from "./misfit.ts"

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const lossy = new TextDecoder("utf-8", { ignoreBOM: true })

/** Throws a {@link Misfit} for what is no UTF-8. */
export const textOf = (bytes: Uint8Array, what: string): string => {
  try {
    return strict.decode(bytes)
  } catch {
    throw new Misfit("KAFKA_NOT_UTF8", `the ${what} is no text in UTF-8`)
  }
}

/** For people: with U+FFFD for what is no UTF-8. */
export const shownText = (bytes: Uint8Array): string => lossy.decode(bytes)

/** Throws a {@link Misfit}. */
export const jsonOf = (bytes: Uint8Array, what: string): unknown => {
  const text = textOf(bytes, what)
  try {
    return JSON.parse(text)
  } catch {
    throw new Misfit("KAFKA_NOT_JSON", `the ${what} is no JSON`)
  }
}
