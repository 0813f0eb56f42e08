/**
 * Parts a bundle in two scripts, which run one after the other in the same realm: first what many bundles begin with alike, which a
 * process compiles once, then what is the plugin's own. A text without it is one script. The text as a whole means the same, so that
 * nothing has to know of parts but who makes them and who runs them.
 */
export const bundleSeam = "\n//# plugin\n"

export interface BundleParts {
  /** "" when the bundle is one script. */
  readonly library: string
  readonly own: string
  /** Lines of the bundle before `own`. */
  readonly ownLine: number
}

export function partsOfBundle(bundle: string): BundleParts {
  const at = bundle.indexOf(bundleSeam)
  if (at < 0) return { library: "", own: bundle, ownLine: 0 }
  const end = at + bundleSeam.length
  return { library: bundle.slice(0, at), own: bundle.slice(end), ownLine: linesBefore(bundle, end) }
}

export function linesBefore(text: string, end: number): number {
  let lines = 0
  for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines += 1
  return lines
}
