import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { PipelineStatus, PlatformStatus, RecordPage } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { expectedOf } from "../../plugins/window/src/core/testing/oracle.ts"
import { type ModelCase, randomCase } from "../../plugins/window/src/core/testing/random-case.ts"
import { type Answer, type Platform, root, temporaryFolder, until, up } from "../input/program.ts"

// Windows through the front door: random event sequences, through sandbox and log, against the oracle of the core.

// WINDOW_SEEDS=20 for more; `npm run prove -- windows` holds the core to 10,000.
const count = Number(process.env["WINDOW_SEEDS"] ?? 6)
const seeds = Array.from({ length: count }, (_, index) => 101 + index)
const half = Math.ceil(count / 2)
const folder = temporaryFolder()
const source = relative(folder.path, join(root, "test/streams/fixtures/model-records.ts"))
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data"), publish: [join(root, "plugins/window")] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

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

const nodesOf = (name: string, seed: number, partitions: number): string => {
  const model = randomCase(seed)
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

const run = async (
  name: string,
  partitions: number,
  of: readonly number[],
  meanwhile: () => Promise<void> = async () => {}
) => {
  const file = join(folder.path, `${name}.pipeline.yaml`)
  const nodes = of.map((seed) => nodesOf(name, seed, partitions)).join("")
  const all = `
  all:
    use: "@millrace/window@^1"
    from: s${of[0]}
    with: { keyBy: [], window: { tumbling: 1d }, lateness: 1d, aggregates: { rows: { count: "*" } } }
    outputs: { output: { stream: ${name}.all } }`
  writeFileSync(file, `pipeline: ${name}\nowner: streams\nnodes:${nodes}${all}\n`)
  const applied = await platform.command("apply", file, "--grant")
  assert.strictEqual(applied.exit, 0, applied.stderr)
  await meanwhile()
  await until(
    async () => statusOf(await platform.get(`/api/status/${name}`)),
    ({ state }) => state === "completed"
  )
}

const statusOf = ({ body }: Answer) => Schema.decodeUnknownSync(PipelineStatus)(body)

const valuesOf = async (topic: string): Promise<readonly { readonly [field: string]: unknown }[]> => {
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

const check = async (name: string, seed: number): Promise<void> => {
  const model = configurable(randomCase(seed))
  const expected = expectedOf(model)
  const given = new Map<string, unknown[]>()
  for (const { group, window_end: end, window_start: start, ...results } of await valuesOf(
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
  assert.lengthOf(await valuesOf(`${name}.late.${seed}`), expected.late, `seed ${seed}`)
}

/** kill -9 for every sandbox that there is; answers how many. */
const killSandboxes = async (): Promise<number> => {
  const { body } = await platform.get("/api/status")
  const { sandboxes } = Schema.decodeUnknownSync(PlatformStatus)(body)
  return sandboxes.filter(({ pid }) => {
    try {
      return process.kill(pid, "SIGKILL")
    } catch {
      // It had ended by itself.
      return false
    }
  }).length
}

describe("windows", () => {
  for (const partitions of [1, 8]) {
    it(`are those of the oracle at ${partitions} partitions, with batches of 1 and of 5,000`, async () => {
      // Apart, so that a slow machine has fewer tasks at a time.
      for (const some of [seeds.slice(0, half), seeds.slice(half)]) {
        const name = `w${partitions}-${some[0]}`
        await run(name, partitions, some)
        for (const seed of some) await check(name, seed)
        const records = randomCase(some[0] ?? 0).partitions.flat().length
        const rows = (await valuesOf(`${name}.all`)).reduce((sum, value) => sum + Number(value["rows"]), 0)
        assert.strictEqual(rows, records)
      }
    })
  }

  it("are the same when sandboxes are killed meanwhile", async () => {
    const some = seeds
    let kills = 0
    await run("killed", 8, some, async () => {
      // Apart, for a segment may be lost once while it is loaded, not twice.
      for (const commits of [20 * count, 60 * count]) {
        await until(
          async () =>
            statusOf(await platform.get("/api/status/killed")).tasks.reduce(
              (sum, { sequence }) => sum + sequence,
              0
            ),
          (sum) => sum >= commits
        )
        kills += await killSandboxes()
      }
    })
    for (const seed of some) await check("killed", seed)
    assert.isAtLeast(kills, 2)
  })
})
