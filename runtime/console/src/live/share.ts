type Plain = { readonly [name: string]: unknown }

const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * `next`, with every part that equals the same part of `previous` replaced by it: whoever selects a part that did not change
 * gets the very object that it has. Parts of a list are compared by their place.
 */
export const share = <A>(previous: A, next: A): A => (shared(previous, next) ? previous : next)

/** Whether both are equal; else `next` has taken over the parts that are. It was just parsed and is nobody else's. */
const shared = (previous: unknown, next: unknown): boolean => {
  if (Object.is(previous, next)) return true
  if (Array.isArray(previous) && Array.isArray(next)) return sharedList(previous, next)
  if (!isPlain(previous) || !isPlain(next)) return false
  const names = Object.keys(next)
  let isSame = names.length === Object.keys(previous).length
  for (const name of names) {
    if (shared(previous[name], next[name])) Reflect.set(next, name, previous[name])
    else isSame = false
  }
  return isSame
}

const sharedList = (previous: readonly unknown[], next: unknown[]): boolean => {
  let isSame = previous.length === next.length
  next.forEach((item, index) => {
    if (index < previous.length && shared(previous[index], item)) next[index] = previous[index]
    else isSame = false
  })
  return isSame
}
