import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { PipelineStatus, RecordPage, RecordView } from "@millrace/sdk/api"
import { isObject, statusOf } from "../input/pipelines.ts"
import { type CommandResult, type Platform, root, until } from "../input/program.ts"

const fixture = join(root, "test/state/fixtures/versions.ts")

export interface Version {
  /** The processor of the fixture that counts. */
  readonly use: string
  /** Ticks that the source gives before it waits. */
  readonly total: number
  readonly batch?: number
}

/** A pipeline that counts ticks by key, in one of the fixture's versions, on a platform. */
export class Counting {
  platform: Platform
  readonly name: string
  private readonly folder: string

  constructor(platform: Platform, folder: string, name: string) {
    this.platform = platform
    this.folder = folder
    this.name = name
  }

  get file(): string {
    return join(this.folder, `${this.name}.pipeline.yaml`)
  }

  write({ batch = 100, total, use }: Version): void {
    const path = relative(this.folder, fixture)
    writeFileSync(
      this.file,
      `pipeline: ${this.name}
owner: state
nodes:
  gen: { source: "${path}#gen", with: { total: ${total}, batch: ${batch} }, stream: ${this.name}.ticks }
  counted: { use: "${path}#${use}", from: gen, stream: ${this.name}.counts }
`
    )
  }

  apply(version: Version, ...flags: readonly string[]): Promise<CommandResult> {
    this.write(version)
    return this.platform.command("apply", this.file, "--grant", ...flags)
  }

  status(): Promise<PipelineStatus> {
    return statusOf(this.platform, this.name)
  }

  /** The counts by key, in the order of the stream, once there are so many of them. */
  async counts(records: number): Promise<ReadonlyMap<string, readonly number[]>> {
    const read = async (): Promise<readonly RecordView[]> => {
      const { body } = await this.platform.get(`/api/topics/${this.name}.counts/records?limit=10000`)
      return isPage(body) ? body.records.filter(({ control }) => control === undefined) : []
    }
    const found = await until(read, ({ length }) => length >= records)
    const counts = new Map<string, readonly number[]>()
    for (const { value } of found)
      if (isCount(value)) counts.set(value.key, [...(counts.get(value.key) ?? []), value.n])
    return counts
  }
}

/** For each of the ten keys, counts from one on: none lost, none counted twice. */
export const inOrder = (records: number): ReadonlyMap<string, readonly number[]> =>
  new Map(
    Array.from({ length: 10 }, (_, key) => [
      `k${key}`,
      Array.from({ length: Math.ceil((records - key) / 10) }, (_, index) => index + 1)
    ])
  )

const isPage = (body: unknown): body is RecordPage => isObject(body) && "records" in body

const isCount = (value: unknown): value is { readonly key: string; readonly n: number } =>
  isObject(value) && "key" in value && "n" in value
