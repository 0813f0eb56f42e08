/** An entry of the recorder's journal. `isSynced`: the write was durable when it returned. */
export type JournalEntry =
  | {
      readonly is: "write"
      readonly name: string
      readonly offset: number
      readonly bytes: Buffer
      readonly isSynced: boolean
    }
  | { readonly is: "sync" | "make" | "makeFolder" | "remove"; readonly name: string }
  | { readonly is: "truncate"; readonly name: string; readonly length: number }
  | { readonly is: "rename"; readonly name: string; readonly target: string }

const headBytes = 16
const operations = [
  "",
  "write",
  "sync",
  "truncate",
  "make",
  "makeFolder",
  "rename",
  "remove",
  "unseen"
] as const

/**
 * The journal's entries in order, but those of files that are `left` out. Throws when it ends within one, or names
 * something that the recorder cannot see.
 */
export function readJournal(journal: Buffer, left: (name: string) => boolean): readonly JournalEntry[] {
  const entries: JournalEntry[] = []
  for (let at = 0; at < journal.length;) {
    const nameLength = journal.readUInt16LE(at + 2)
    const bytesLength = journal.readUInt32LE(at + 4)
    const end = at + headBytes + nameLength + bytesLength
    if (end > journal.length) throw new RangeError(`the journal ends within the entry at ${at}`)
    const name = journal.toString("utf8", at + headBytes, at + headBytes + nameLength)
    const bytes = journal.subarray(at + headBytes + nameLength, end)
    if (!left(name)) entries.push(entryOf(journal, at, name, bytes))
    at = end
  }
  return entries
}

function entryOf(journal: Buffer, at: number, name: string, bytes: Buffer): JournalEntry {
  const is = operations[journal[at] ?? 0]
  const offset = Number(journal.readBigUInt64LE(at + 8))
  switch (is) {
    case "write":
      return { is, name, offset, bytes, isSynced: journal[at + 1] === 1 }
    case "sync":
    case "make":
    case "makeFolder":
    case "remove":
      return { is, name }
    case "truncate":
      return { is, name, length: offset }
    case "rename":
      return { is, name, target: bytes.toString("utf8") }
    default:
      throw new RangeError(`${name}: the recorder cannot see ${bytes.toString("utf8") || String(is)}`)
  }
}
