import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import * as Schema from "effect/Schema"
import { asItIs, Program, runProgram } from "./program.ts"
import type { Ended, ProgramOptions } from "./program.ts"

const root = resolve(import.meta.dirname, "../../..")
const pipelineFile = join(root, "test/prove/load/load.pipeline.yaml")
const checker = join(import.meta.dirname, "checker.ts")
const packages = [join(root, "test/prove/load"), join(root, "plugins/files")]
const lastPublished = '"@millrace/files"'

const FindingsJson = Schema.fromJsonString(
  Schema.Struct({
    faults: Schema.Array(Schema.String),
    digest: Schema.String,
    counted: Schema.Number,
    dead: Schema.Number
  })
)
const decodeFindings = Schema.decodeUnknownSync(FindingsJson)
export type CheckerFindings = typeof FindingsJson.Type

/** The size of the load. */
export interface LoadSize {
  readonly seed: number
  readonly perKey: number
  /** Records of a source partition every 50 ms. */
  readonly perRead: number
}

/** A data folder and an output folder of one run of the load, and the commands over them. */
export class Place {
  readonly folder: string
  readonly data: string
  readonly out: string
  private readonly size: LoadSize

  constructor(size: LoadSize) {
    this.size = size
    this.folder = mkdtempSync(join(tmpdir(), "millrace-kills-"))
    this.data = join(this.folder, "data")
    this.out = join(this.folder, "out")
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** `millrace up`; with `publish` the plugins are published first. */
  up(publish: boolean, options: ProgramOptions = asItIs): Program {
    const published = publish ? packages.flatMap((each) => ["--publish", each]) : []
    return new Program(["up", "--json", "--data", this.data, "--port", "0", ...published], options)
  }

  /** True once the program is up, and has published when it was told to; false when it ended before. */
  isReady(program: Program, published: boolean): Promise<boolean> {
    return program.until(() => program.output.includes(published ? lastPublished : '"url"'))
  }

  apply(): Promise<Ended> {
    return runProgram(["apply", "--json", "--data", this.data, "--grant", ...this.pipeline()])
  }

  /** Applies the load and follows it to its end, in the program that is up. */
  toEnd(): Program {
    const args = ["run", "--json", "--data", this.data, "--grant", "--until-end", ...this.pipeline()]
    return new Program(args, asItIs)
  }

  down(): Promise<Ended> {
    return runProgram(["down", "--json", "--data", this.data])
  }

  /** Runs the checker over what is left. No program may be up. */
  async check(): Promise<CheckerFindings> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        "--no-node-snapshot",
        "--disable-warning=ExperimentalWarning",
        checker,
        this.data,
        this.out,
        String(this.size.seed),
        String(this.size.perKey)
      ],
      { maxBuffer: 16 * 1024 * 1024 }
    )
    return decodeFindings(stdout)
  }

  private pipeline(): readonly string[] {
    const { perKey, perRead, seed } = this.size
    const values = { SEED: seed, PER_KEY: perKey, PER_READ: perRead, OUT: this.out }
    return [pipelineFile, ...Object.entries(values).flatMap(([name, value]) => ["--var", `${name}=${value}`])]
  }
}
