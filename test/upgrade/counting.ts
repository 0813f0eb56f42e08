import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { PipelineStatus, RecordPage, RecordView } from "@millrace/sdk/api"
import { isObject, statusOf } from "../input/pipelines.ts"
import { type CommandResult, type Platform, root, until } from "../input/program.ts"

const fixture = join(root, "test/upgrade/fixtures/versions.ts")

export interface Version {
  /** The processor of the fixture. */
  readonly use: string
  readonly with?: string
  /** Ticks that the source gives before it waits. */
  readonly total: number
  /** Ticks at a time, 50 ms apart; default: 20. */
  readonly batch?: number
}

/** A count as it came: which tick of its key, how many were seen, and by which version. */
export interface Count {
  readonly key: string
  readonly seq: number
  readonly n: number
  readonly by: string
  /** Where in the stream of counts it stands. */
  readonly partition: number
}

/** A pipeline that counts ticks by key, in one of the fixture's versions. */
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

  write({ batch = 20, total, use, with: config }: Version): void {
    const path = relative(this.folder, fixture)
    const given = config === undefined ? "" : `, with: ${config}`
    writeFileSync(
      this.file,
      `pipeline: ${this.name}
owner: upgrade
nodes:
  gen: { source: "${path}#gen", with: { total: ${total}, batch: ${batch} }, stream: ${this.name}.ticks }
  node: { use: "${path}#${use}", from: gen, stream: ${this.name}.counts${given}, onError: fail }
`
    )
  }

  apply(version: Version, ...flags: readonly string[]): Promise<CommandResult> {
    this.write(version)
    return this.platform.command("apply", this.file, "--grant", ...flags)
  }

  command(...args: readonly string[]): Promise<CommandResult> {
    return this.platform.command("pipeline", ...args)
  }

  status(): Promise<PipelineStatus> {
    return statusOf(this.platform, this.name)
  }

  /** The counts in the order of the stream, once there are so many of them. */
  async counts(records: number): Promise<readonly Count[]> {
    const read = async (): Promise<readonly RecordView[]> => {
      const { body } = await this.platform.get(`/api/topics/${this.name}.counts/records?limit=10000`)
      return isPage(body) ? body.records.filter(({ control }) => control === undefined) : []
    }
    const found = await until(read, ({ length }) => length >= records)
    return found.flatMap(({ partition, value }) => (isCount(value) ? [{ ...value, partition }] : []))
  }
}

/** For each key the numbers that were counted: from one on without a gap where nothing was lost or counted twice. */
export const numbersOf = (
  counts: readonly Pick<Count, "key" | "n">[]
): { readonly [key: string]: readonly number[] } => {
  const numbers: { [key: string]: number[] } = {}
  for (const { key, n } of counts) (numbers[key] ??= []).push(n)
  return Object.fromEntries(Object.entries(numbers).toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

/** What {@link numbersOf} says of so many ticks, each counted once. */
export const eachOnce = (ticks: number): { readonly [key: string]: readonly number[] } => {
  const counts = Array.from({ length: ticks }, (_, seq) => ({
    key: `k${seq % 20}`,
    seq,
    n: Math.floor(seq / 20) + 1
  }))
  return numbersOf(counts)
}

const isPage = (body: unknown): body is RecordPage => isObject(body) && "records" in body

const isCount = (value: unknown): value is Omit<Count, "partition"> =>
  isObject(value) && "key" in value && "seq" in value && "n" in value && "by" in value
