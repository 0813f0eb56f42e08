/** A version of a package, as addresses name it. */
export interface VersionPlace {
  /** With its `@`. */
  readonly scope: string
  readonly name: string
  readonly version: string
}
