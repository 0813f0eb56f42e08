import type { NodeSpec } from "@millrace/sandbox"

/** A text that is the same object for all who have it. */
interface Holder {
  readonly text: string
}

const holders = new Map<string, WeakRef<Holder>>()
/** INVARIANT: a holder lives as long as a spec with its text. */
const kept = new WeakMap<NodeSpec, Holder>()
const forgotten = new FinalizationRegistry<string>((digest) => {
  if (holders.get(digest)?.deref() === undefined) holders.delete(digest)
})

/**
 * A node's spec with its bundle, whose text is in memory once for all plans that hold it: a thousand pipelines of one package
 * would have a thousand. A text that differs under the same digest stays what it is.
 */
export const withSharedBundle = (spec: Omit<NodeSpec, "bundle">, bundle: string): NodeSpec => {
  const holder = holderOf(spec.digest, bundle)
  const whole = { ...spec, bundle: holder.text }
  kept.set(whole, holder)
  return whole
}

const holderOf = (digest: string, text: string): Holder => {
  const known = holders.get(digest)?.deref()
  if (known?.text === text) return known
  const made = { text }
  holders.set(digest, new WeakRef(made))
  forgotten.register(made, digest)
  return made
}
