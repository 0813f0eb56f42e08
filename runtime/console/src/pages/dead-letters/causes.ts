import type { DeadLetterView } from "@millrace/sdk/api"

/** Dead letters that failed at one node for one reason. */
export interface Cause {
  /** Part of an address. */
  readonly id: string
  readonly node: string
  /** `_tag` of the plugin's own error, or the platform's code. */
  readonly code: string
  /** The messages' common form: what differs from record to record is `…`. */
  readonly message: string
  /** The oldest first. */
  readonly letters: readonly DeadLetterView[]
}

/** Numbers, quoted texts and hashes differ from record to record; the words around them tell the cause. */
const formOf = (message: string): string =>
  message
    .replace(/"(?:[^"\\]|\\.)*"|'[^']*'|`[^`]*`/g, "…")
    .replace(/-?\d+(?:\.\d+)?/g, "…")
    .slice(0, 240)

/** Groups dead letters by what went wrong, the largest group first. */
export const causesOf = (letters: readonly DeadLetterView[]): readonly Cause[] => {
  const groups = Map.groupBy(letters, ({ code, message, node, tag }) =>
    JSON.stringify([node, tag ?? code, formOf(message)])
  )
  return [...groups]
    .map(([id, all]) => {
      const [first] = all
      const message = first === undefined ? "" : formOf(first.message)
      return { id, node: first?.node ?? "", code: first?.tag ?? first?.code ?? "", message, letters: all }
    })
    .toSorted((one, other) => other.letters.length - one.letters.length)
}

/** Neither put back in nor put away. */
export const isOpen = ({ discarded, replayed }: DeadLetterView): boolean => !replayed && !discarded
