import { decodeUtf8 } from "@millrace/sdk/record"
import { TypeErrorOf } from "../realm/primordials.ts"
import type { GuestView } from "./codec-shape.ts"

/** Reads a timer's record: its value is the tag. There is no record under it that an output could be made of. */
export const tagView: GuestView = {
  read: (bytes, start, end) => decodeUtf8(bytes, start, end),
  spliceLast: () => refuse(),
  splice: () => refuse()
}

function refuse(): never {
  throw new TypeErrorOf("a timer gives whole records only: declare the output's contract")
}
