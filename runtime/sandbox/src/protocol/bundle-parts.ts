/** Stands between a bundle's parts: a comment, so that the text as a whole means the same. */
const between = "\n//# plugin\n"

/**
 * A bundle as two scripts, which run one after the other in the same realm: first what many bundles begin with alike, which a process
 * compiles once and may run before its bundle is there, then what is the plugin's own. Nothing has to know of them but who makes
 * bundles so and who runs them.
 */
export interface BundleParts {
  /** "" when the bundle is one script. */
  readonly library: string
  readonly own: string
  /** Lines of the bundle before `own`. */
  readonly ownLine: number
}

/** A bundle that begins with a library. */
export function joinBundle(
  library: string,
  own: string
): { readonly bundle: string; readonly ownLine: number } {
  const head = library + between
  return { bundle: head + own, ownLine: linesBefore(head, head.length) }
}

export function partsOfBundle(bundle: string): BundleParts {
  const at = bundle.indexOf(between)
  if (at < 0) return { library: "", own: bundle, ownLine: 0 }
  const end = at + between.length
  return { library: bundle.slice(0, at), own: bundle.slice(end), ownLine: linesBefore(bundle, end) }
}

function linesBefore(text: string, end: number): number {
  let lines = 0
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines += 1
  return lines
}
