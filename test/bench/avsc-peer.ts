import { createRequire } from "node:module"
import type avsc from "avsc"
import { bidSchema } from "./bid.ts"

/** Records one after another, each within its own span. */
export interface Span {
  readonly bytes: Uint8Array
  /** Where each record begins, and the end of the last. */
  readonly starts: readonly number[]
}

/** The unsandboxed rival: runs over records and answers the bytes written to `out` from its beginning. */
export interface Peer {
  readonly name: string
  readonly out: Buffer
  readonly work: (input: Span) => number
}

const require = createRequire(import.meta.url)

/** A reader and writer of bids of its own. */
const peerType = (library: string): avsc.Type => {
  const loaded: typeof avsc = require(library)
  return loaded.Type.forSchema(JSON.parse(JSON.stringify(bidSchema)))
}

/** Decode, change the price, encode. */
export const mapPeer = (library: string, outBytes: number, change: (price: number) => number): Peer => {
  const type = peerType(library)
  const out = Buffer.alloc(outBytes)
  const work: Peer["work"] = ({ bytes, starts }) => {
    const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    for (let i = 0; i + 1 < starts.length; i++) {
      const { value } = type.decode(input, starts[i])
      value.price = change(value.price)
      at = type.encode(value, out, at)
    }
    return at
  }
  return { name: library, out, work }
}

/** Decode, judge the price, copy what stays. */
export const filterPeer = (library: string, outBytes: number, keep: (price: number) => boolean): Peer => {
  const type = peerType(library)
  const out = Buffer.alloc(outBytes)
  const work: Peer["work"] = ({ bytes, starts }) => {
    const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    for (let i = 0; i + 1 < starts.length; i++) {
      const { value } = type.decode(input, starts[i])
      if (keep(value.price)) at += input.copy(out, at, starts[i], starts[i + 1])
    }
    return at
  }
  return { name: library, out, work }
}
