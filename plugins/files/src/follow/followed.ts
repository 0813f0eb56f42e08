import { Schema } from "@millrace/sdk"

/** How far a file was read that may grow, and what it is known by. */
export const FollowedFile = Schema.Struct({
  path: Schema.String,
  /** In bytes. */
  offset: Schema.Int,
  /** Line of the next record, from 1. */
  place: Schema.Int,
  /** csv: the header. */
  columns: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Inside a record that is too large: what has to be known to find its end. */
  skip: Schema.optionalKey(
    Schema.Struct({ depth: Schema.Int, quoted: Schema.Boolean, escaped: Schema.Boolean })
  ),
  /** Of its first bytes, `headBytes` of them: another file of the same name has others. */
  head: Schema.String,
  headBytes: Schema.Int
})
export type FollowedFile = typeof FollowedFile.Type

/** Everything that following goes on from. */
export const Followed = Schema.Struct({
  files: Schema.Array(FollowedFile),
  /** What is not under its name any more, and may be found under another: the newest last. */
  lost: Schema.Array(FollowedFile),
  /** Path of the file that was read last: the next one's turn comes. */
  turn: Schema.String
})
export type Followed = typeof Followed.Type

export const nothingFollowed: Followed = { files: [], lost: [], turn: "" }

/** What a file is known by at most. */
export const maxHeadBytes = 1_024

/** More are forgotten: a file that comes back under another name after so many is read anew. */
export const maxLost = 32

export const newFile = (path: string): FollowedFile => ({ path, offset: 0, place: 1, head: "", headBytes: 0 })

/** FNV-1a (RFC 9923) of 64 bits, in hexadecimal digits. */
export const headOf = (bytes: Uint8Array): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return hash.toString(16).padStart(16, "0")
}
