import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { command, root, temporaryFolder, until } from "../input/program.ts"
import { shopModule } from "./shop.ts"

// `millrace bench` as an author runs it. How fast anything is, is not judged here.

const home = temporaryFolder()
afterAll(() => home.remove())

const short = ["--records", "600", "--seconds", "1", "--json"]

/** `millrace bench` in a folder with a module of these plugins and files. */
const bench = (name: string, module: string, files: { readonly [path: string]: string } = {}) => {
  const folder = join(home.path, name)
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of Object.entries({ "plugins.ts": module, ...files }))
    writeFileSync(join(folder, path), text)
  return async (...args: readonly string[]) => {
    const ran = await command(["bench", ...args, "--folder", "plugins.ts"], { cwd: folder })
    return { ...ran, folder }
  }
}

const assertSound = (report: Report): void => {
  const { in: given, out, filtered, failed } = report.run
  assert.isAtLeast(given, 600)
  assert.isAtMost(failed + filtered, given)
  assert.isAtMost(out + filtered + failed, given)
  const shares = Object.values(report.shares)
  assert.closeTo(
    shares.reduce((sum, share) => sum + share, 0),
    1,
    1e-6
  )
  for (const share of shares) assert.isAtLeast(share, 0)
  const micros = Object.values(report.microsPerRecord).reduce((sum, each) => sum + each, 0)
  assert.closeTo(micros, 1e6 / report.recordsPerCpuSecond, 0.01 + micros * 0.01)
  assert.isAbove(report.recordsPerSecond, 0)
  assert.isAbove(report.residentBytes, 0)
  assert.isAtLeast(report.latencyMs.batch.p99, report.latencyMs.batch.p50)
  assert.isAtLeast(report.latencyMs.single.p99, report.latencyMs.single.p50)
  assert.isAbove(report.bytesPerRecord.in, 0)
}

interface Quantiles {
  readonly p50: number
  readonly p99: number
}
interface Report {
  readonly plugin: string
  readonly run: {
    readonly in: number
    readonly out: number
    readonly filtered: number
    readonly failed: number
  }
  readonly recordsPerCpuSecond: number
  readonly recordsPerSecond: number
  readonly residentBytes: number
  readonly latencyMs: { readonly batch: Quantiles; readonly single: Quantiles }
  readonly bytesPerRecord: { readonly in: number; readonly out: number; readonly state: number }
  readonly microsPerRecord: { readonly [part: string]: number }
  readonly shares: { readonly [part: string]: number }
  readonly failure?: { readonly code: string; readonly tag?: string; readonly record: unknown }
  readonly notes: readonly string[]
  readonly findings: readonly { readonly rule: string; readonly measured: string; readonly remedy: string }[]
}

const reportOf = (stdout: string): Report => JSON.parse(stdout)

describe("millrace bench", () => {
  it("measures a processor on generated records, and leaves nothing behind", async () => {
    const { exit, folder, stderr, stdout } = await bench("orders", shopModule)("sized", ...short)
    assert.strictEqual(exit, 0, stderr)
    assert.strictEqual(stderr, "")
    const report = reportOf(stdout)
    assertSound(report)
    assert.strictEqual(report.plugin, "sized")
    // One out for each in; the samples' amounts are never negative.
    assert.strictEqual(report.run.out, report.run.in)
    assert.strictEqual(report.bytesPerRecord.state, 0)
    assert.notProperty(report, "failure")
    assert.isFalse(existsSync(join(folder, ".millrace")))
  })

  it("counts what fails and shows the first such record, of the author's own", async () => {
    const orders = Array.from({ length: 10 }, (_, id) => ({ id: `o${id}`, amount: id === 3 ? -1 : id }))
    const run = bench("own", shopModule, { "orders.json": JSON.stringify(orders) })
    const { exit, stderr, stdout } = await run("sized", "--input", "orders.json", ...short)
    assert.strictEqual(exit, 0, stderr)
    const report = reportOf(stdout)
    assertSound(report)
    assert.strictEqual(report.run.failed * 10, report.run.in)
    assert.deepStrictEqual([report.failure?.code, report.failure?.tag], ["PLUGIN_FAILED", "Negative"])
    assert.deepStrictEqual(report.failure?.record, { id: "o3", amount: -1 })
    assert.strictEqual(report.findings[0]?.rule, "failures")
  })

  it("measures keyed state in a log of its own, and a filter by its config", async () => {
    const count = await command(
      [
        "bench",
        "--folder",
        join(root, "plugins/count"),
        "--with",
        'by=["director"]',
        "--input",
        "films.json",
        ...short
      ],
      { cwd: films() }
    )
    assert.strictEqual(count.exit, 0, count.stderr)
    const counted = reportOf(count.stdout)
    assertSound(counted)
    assert.isAbove(counted.bytesPerRecord.state, 0)
    const filter = await command(
      [
        "bench",
        "--folder",
        join(root, "plugins/filter"),
        "--with",
        "where=rating >= 5",
        "--input",
        "films.json",
        ...short
      ],
      { cwd: films() }
    )
    assert.strictEqual(filter.exit, 0, filter.stderr)
    const filtered = reportOf(filter.stdout)
    assertSound(filtered)
    assert.strictEqual(filtered.run.filtered * 2, filtered.run.in)
    assert.strictEqual(filtered.run.out + filtered.run.filtered, filtered.run.in)
  })

  it("takes a path for the plugin, with its name behind a #", async () => {
    const folder = join(home.path, "by-path")
    mkdirSync(folder)
    writeFileSync(join(folder, "plugins.ts"), shopModule)
    const file = await command(["bench", "by-path/plugins.ts#sized", ...short], { cwd: home.path })
    assert.strictEqual(file.exit, 0, file.stderr)
    assert.strictEqual(reportOf(file.stdout).plugin, "sized")
    const args = ["--with", 'by=["director"]', "--input", "films.json", ...short]
    const project = await command(["bench", join(root, "plugins/count"), ...args], { cwd: films() })
    assert.strictEqual(project.exit, 0, project.stderr)
    assert.strictEqual(reportOf(project.stdout).plugin, "count")
    const nowhere = await command(["bench", "./nowhere"], { cwd: home.path })
    assert.strictEqual(nowhere.exit, 65)
    assert.match(nowhere.stderr, /ENTRY_MISSING[^]*nowhere/)
  })

  it("says by its own flags what an input or a config lacks", async () => {
    const mask = join(root, "plugins/mask")
    const unfed = await command(["bench", mask, "--with", 'fields={"email":"redact"}'])
    assert.strictEqual(unfed.exit, 65)
    assert.match(unfed.stderr, /BENCH_UNFED[^]*--input FILE/)
    assert.notMatch(unfed.stderr, /--records|--from/)
    const dotted = await command(["bench", mask, "--with", "fields.email=redact"])
    assert.strictEqual(dotted.exit, 65)
    assert.match(dotted.stderr, /CONFIG_UNREADABLE: fields\.email=redact is no key=value/)
    assert.include(dotted.stderr, 'fields={"email"')
  })

  it("tells people what it is about", async () => {
    const { exit, stderr, stdout } = await bench("people", shopModule)(
      "sized",
      "--records",
      "600",
      "--seconds",
      "1"
    )
    assert.strictEqual(exit, 0, stderr)
    assert.match(stdout, /^sized: [\d,]+ records in/)
    assert.match(stdout, /records per CPU-second +[\d,]+\n/)
    for (const part of ["codec", "body", "hop", "commit"])
      assert.match(stdout, new RegExp(`\n${part} +\\d+ %`))
    assert.include(stderr, "Warming up")
  })

  it("ends at Ctrl-C without leaving a process or a file", async () => {
    const folder = join(home.path, "orders-interrupted")
    mkdirSync(folder)
    writeFileSync(join(folder, "plugins.ts"), shopModule)
    const main = join(root, "runtime/src/main/main.ts")
    const args = ["--no-node-snapshot", main, "bench", "sized", "--folder", "plugins.ts", "--seconds", "600"]
    const child = spawn(process.execPath, args, { cwd: folder })
    const ended = new Promise<number | null>((done) => child.on("close", done))
    let said = ""
    child.stderr.on("data", (data: Buffer) => (said += data.toString("utf8")))
    await until(
      () => said,
      (text) => text.includes("Measuring: 1 of")
    )
    const children = childrenOf(child.pid ?? 0)
    assert.isNotEmpty(children)
    child.kill("SIGINT")
    assert.strictEqual(await ended, 130)
    await until(
      () => children.filter((pid) => existsSync(`/proc/${pid}`)),
      (left) => left.length === 0
    )
    assert.isFalse(existsSync(join(folder, ".millrace")))
  })

  it("refuses what it cannot measure, and says what it can", async () => {
    const mixed = `${shopModule}
import { defineSource } from "@millrace/sdk"
export const orders = defineSource({
  name: "orders", output: Order, position: Schema.Int, bounded: true,
  partitions: () => ["all"],
  *read() { return { records: [], position: 0, next: "end" } }
})`
    const run = bench("mixed", mixed)
    const source = await run("orders")
    assert.strictEqual(source.exit, 64)
    assert.match(source.stderr, /BENCH_KIND.*orders is a source/)
    assert.include(source.stderr, "measure forgetful or sized")
    const none = await run("sizedd")
    assert.strictEqual(none.exit, 65)
    assert.include(none.stderr, "PLUGIN_MISSING")
    const several = await run()
    assert.strictEqual(several.exit, 65)
    assert.match(several.stderr, /PLUGIN_UNCLEAR[^]*millrace bench forgetful/)
  })

  it("refuses records that do not fit, and a plugin that fails on all of them", async () => {
    const files = {
      "misfits.json": '[{ "id": "a", "amount": "many" }]',
      "negative.json": '[{ "id": "a", "amount": -1 }]'
    }
    const run = bench("misfits", shopModule, files)
    const misfit = await run("sized", "--input", "misfits.json", ...short)
    assert.strictEqual(misfit.exit, 65)
    assert.match(misfit.stderr, /RECORD_MISFIT.*record 1 for input/)
    const { exit, stderr } = await run("sized", "--input", "negative.json", ...short)
    assert.strictEqual(exit, 1)
    assert.match(stderr, /BENCH_ALL_FAILED.*Negative.*a costs -1/)
    assert.include(stderr, "--input FILE")
  })
})

/** Processes that a process has started. */
const childrenOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter((each) => each !== "")

const films = (): string => {
  const folder = join(home.path, "films")
  mkdirSync(folder, { recursive: true })
  const all = Array.from({ length: 100 }, (_, n) => ({
    title: `Film ${n}`,
    director: `d${n % 7}`,
    rating: n % 10
  }))
  writeFileSync(join(folder, "films.json"), JSON.stringify(all))
  return folder
}
