/** What `millrace bench` was asked. */
export interface BenchOptions {
  /** The plugin's name; undefined where the package has one only. */
  readonly plugin: string | undefined
  /** A project's folder, or one TypeScript file. */
  readonly folder: string
  /** `key=value`, or a YAML or JSON file. */
  readonly config: readonly string[]
  /** A file of records for the only input, or `INPUT=FILE`, in place of generated ones. */
  readonly input: readonly string[]
  /** Records that are made; they come again and again. */
  readonly records: number
  /** How long is measured, without what comes before and after. */
  readonly seconds: number
  readonly seed: number
  readonly json: boolean
}
