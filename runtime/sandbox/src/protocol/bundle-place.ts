/** A place in a bundle's one file, both from 1: where a plugin's error was made. The bundle's source map knows the author's line. */
export interface BundlePlace {
  readonly line: number
  readonly column: number
}

/** Name that a bundle is evaluated under, in stacks. */
export const bundleFile = "bundle.js"

const maxPlaces = 8
const place = /\bbundle\.js:([1-9][0-9]{0,8}):([1-9][0-9]{0,8})/g

/** The bundle's frames of a stack, innermost first. The text is the guest's: a plugin can write into it what it likes. */
export function placesIn(stack: unknown): readonly BundlePlace[] {
  if (typeof stack !== "string") return []
  return [...stack.slice(0, 2000).matchAll(place)]
    .slice(0, maxPlaces)
    .map(([, line, column]) => ({ line: Number(line), column: Number(column) }))
}
