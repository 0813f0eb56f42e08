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
  readonly json: boolean
}
