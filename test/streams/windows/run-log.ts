import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { PipelineStatus, RecordPage } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { assert } from "vitest"
import { expectedOf } from "../../../plugins/window/src/core/testing/oracle.ts"
import { type ModelCase, randomCase } from "../../../plugins/window/src/core/testing/random-case.ts"
import { type Answer, type Platform, root, until } from "../../input/program.ts"
import type { Stage } from "../stage.ts"

// Random event sequences through windows, sandbox and log, against the oracle of the core.

const windowOf = ({ window }: ModelCase): string => {
  if (window.is === "session") return `{ session: ${window.gap}ms }`
  const offset = Math.abs(window.offset)
  if (window.is === "hopping")
    return `{ hopping: { size: ${window.size}ms, slide: ${window.slide}ms }, offset: ${offset}ms }`
  return `{ cumulative: { size: ${window.size}ms, step: ${window.step}ms }, offset: ${offset}ms }`
}

/** An offset in a config is not negative; that of a model may be. */
const configurable = (model: ModelCase): ModelCase =>
  model.window.is === "session"
    ? model
    : { ...model, window: { ...model.window, offset: Math.abs(model.window.offset) } }

/** In the order of the model's aggregates. */
const aggregates = `
        rows: { count: "*" }
        words: { count: word }
        total: { sum: x }
        mean: { avg: price }
        wholes: { sum: whole }
        high: { max: price }
        low: { min: word }
        newest: { last: x }
        different: { distinct: word }
        greatest: { top: { n: 3, by: x, fields: [x, time] } }
        dearest: { top: { n: 2, by: price, fields: [time, x], ties: true } }`

const nodesOf = (folder: string, name: string, seed: number, partitions: number): string => {
  const model = randomCase(seed)
  const source = relative(folder, join(root, "test/streams/fixtures/model-records.ts"))
  return `
  s${seed}:
    source: "${source}#records"
    with: { seed: ${seed}, batch: ${seed % 2 === 0 ? 1 : 5_000} }
    watermark: { outOfOrderness: ${model.outOfOrderness}ms }
    stream: ${name}.events.${seed}
    partitions: ${partitions}
  w${seed}:
    use: "@millrace/window@^1"
    from: s${seed}
    with:
      keyBy: [group]
      window: ${windowOf(model)}
      lateness: ${model.lateness}ms
      emit: ${model.updates ? "updates" : "close"}
      late: output
      aggregates: ${aggregates}
    outputs:
      output: { stream: ${name}.windows.${seed} }
      late: { stream: ${name}.late.${seed} }`
}

/** Runs the windows of some seeds in one pipeline to its end, `meanwhile` beside it. */
export const runWindows = async (
  stage: Stage,
  name: string,
  partitions: number,
  of: readonly number[],
  meanwhile: () => Promise<void> = async () => {}
) => {
  const { folder, platform } = stage
  const file = join(folder, `${name}.pipeline.yaml`)
  const nodes = of.map((seed) => nodesOf(folder, name, seed, partitions)).join("")
  const all = `
  all:
    use: "@millrace/window@^1"
    from: s${of[0]}
    with: { keyBy: [], window: { tumbling: 1d }, lateness: 1d, aggregates: { rows: { count: "*" } } }
    outputs: { output: { stream: ${name}.all } }`
  writeFileSync(file, `pipeline: ${name}\nowner: streams\nnodes:${nodes}${all}\n`)
  const applied = await platform().command("apply", file, "--grant")
  assert.strictEqual(applied.exit, 0, applied.stderr)
  await meanwhile()
  await until(
    async () => statusOf(await platform().get(`/api/status/${name}`)),
    ({ state }) => state === "completed"
  )
}

export const statusOf = ({ body }: Answer) => Schema.decodeUnknownSync(PipelineStatus)(body)

export const valuesOf = async (
  platform: Platform,
  topic: string
): Promise<readonly { readonly [field: string]: unknown }[]> => {
  const { body } = await platform.get(`/api/topics/${topic}/records?limit=1000`)
  const { records } = Schema.decodeUnknownSync(RecordPage)(body)
  return records.flatMap(({ control, value }) => (control === undefined ? [{ ...Object(value) }] : []))
}

/** Values as they look in JSON: longs that are bigints as text, rows as lists. */
const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return String(value)
  if (Array.isArray(value)) return value.map(plain)
  return typeof value === "object" && value !== null ? Object.values(value).map(plain) : value
}

/** Rejects where the windows of a seed are not those of the oracle. */
export const checkWindows = async (platform: Platform, name: string, seed: number): Promise<void> => {
  const model = configurable(randomCase(seed))
  const expected = expectedOf(model)
  const given = new Map<string, unknown[]>()
  for (const { group, window_end: end, window_start: start, ...results } of await valuesOf(
    platform,
    `${name}.windows.${seed}`
  )) {
    const window = `${String(group)} ${String(start)} ${String(end)}`
    given.set(window, [
      ...(given.get(window) ?? []),
      plain(Object.values({ ...results, wholes: String(results["wholes"]) }))
    ])
  }
  for (const [window, results] of expected.results)
    assert.deepStrictEqual(given.get(window)?.at(-1), plain(results), `seed ${seed}, ${window}`)
  if (model.lateness === 0 && !model.updates) {
    assert.strictEqual(given.size, expected.results.size, `seed ${seed}`)
    for (const [window, results] of given) assert.lengthOf(results, 1, `seed ${seed}, ${window}`)
  }
  assert.lengthOf(await valuesOf(platform, `${name}.late.${seed}`), expected.late, `seed ${seed}`)
}
