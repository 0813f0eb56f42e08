/** What `millrace test` was asked. */
export interface TestOptions {
  /** Fixture files, modules, or folders. */
  readonly paths: readonly string[]
  readonly filter: string | undefined
  readonly update: boolean
  readonly watch: boolean
  readonly json: boolean
}
