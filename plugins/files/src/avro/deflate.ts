import { deflateSync, Inflate } from "fflate"

/** Pushed at once: deflate makes at most 1,032 bytes of one, so that no push makes more than about 4 MiB. */
const pushBytes = 4_096

/** The block is more than `maxBytes` when it is inflated, or is not deflated at all: why, as the end of "it …". */
export class InflateFault {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** Inflates (RFC 1951); stops as soon as there is more than `maxBytes`. */
export const inflate = (bytes: Uint8Array, maxBytes: number): Uint8Array | InflateFault => {
  const chunks: Uint8Array[] = []
  let size = 0
  const stream = new Inflate((chunk) => {
    chunks.push(chunk)
    size += chunk.length
  })
  try {
    for (let at = 0; at < bytes.length && size <= maxBytes; at += pushBytes) {
      stream.push(bytes.subarray(at, at + pushBytes), at + pushBytes >= bytes.length)
    }
  } catch (error) {
    return new InflateFault(
      `cannot be inflated: ${error instanceof Error ? error.message : "its bytes are damaged"}`
    )
  }
  if (size > maxBytes) return new InflateFault(`is more than ${maxBytes} bytes when it is inflated`)
  return joined(chunks, size)
}

export const deflate = (bytes: Uint8Array): Uint8Array => deflateSync(bytes, { level: 6 })

const joined = (chunks: readonly Uint8Array[], size: number): Uint8Array => {
  const [only] = chunks
  if (only !== undefined && chunks.length === 1) return only
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
