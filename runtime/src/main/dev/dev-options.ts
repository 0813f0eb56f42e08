/** What `millrace dev` was told. */
export interface DevOptions {
  /** A project's folder or a TypeScript file. */
  readonly entry: string
  readonly plugin: string | undefined
  /** `key=value`, or a YAML or JSON file. */
  readonly config: readonly string[]
  /** A file of records for the only input, or `INPUT=FILE`. */
  readonly records: readonly string[]
  /** A stream, or PIPELINE.NODE, of a running platform, with `@URL` where it is not the nearest. */
  readonly from: string | undefined
  /** Records per second. */
  readonly rate: number | undefined
  readonly count: number | undefined
  readonly port: number
  readonly data: string
  readonly grant: boolean
  readonly json: boolean
}
