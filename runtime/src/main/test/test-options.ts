/** What `millrace test` was asked. */
export interface TestOptions {
  /** Fixture files, modules, or folders. */
  readonly paths: readonly string[]
  readonly filter: string | undefined
  readonly update: boolean
  readonly watch: boolean
  /** Batches of generated records for each processor. */
  readonly runs: number
  readonly seed: number
  /** The rules of plugins' kinds in place of fixtures' cases. */
  readonly conformance: boolean
  readonly json: boolean
}
