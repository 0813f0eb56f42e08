import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { command, type Platform, root, temporaryFolder, until, up } from "../input/program.ts"

// A project that takes contracts and packages from a platform, and what people find in its catalogue.

const folder = temporaryFolder()
const project = join(folder.path, "project")
const data = join(folder.path, "data")
const ticks = relative(project, join(root, "test/platform/fixtures/ticks.ts"))
let platform: Platform

const run = (...args: readonly string[]) => command([...args, "--data", data], { cwd: project })
const done = async (...args: readonly string[]) => {
  const { exit, stderr, stdout } = await run(...args)
  assert.strictEqual(exit, 0, stderr)
  return stdout
}
const json = async (...args: readonly string[]) => JSON.parse(await done(...args, "--json"))
const inProject = (path: string) => readFileSync(join(project, path), "utf8")

const movie = (...more: readonly object[]) => ({
  type: "record",
  name: "studio.Movie",
  doc: "A film.",
  fields: [
    { name: "id", type: "string" },
    { name: "rating", type: ["null", "double"], default: null, doc: "0 to 10." },
    ...more
  ]
})
const register = async (schema: object) => {
  const { status } = await platform.send("POST", "/api/subjects/studio.movies/versions", {
    schema,
    key: ["id"]
  })
  assert.strictEqual(status, 201)
}

const pipelines = {
  ticks: `pipeline: ticks
owner: clockworks
nodes:
  gen: { source: "${ticks}#gen", with: { total: 50 }, stream: t.ticks }
  # counts them
  counted:
    use: "${ticks}#counted"
    from: gen
    stream: t.counts
`,
  reader: `pipeline: reader
nodes:
  kept:
    use: "@millrace/filter@^1"
    from: { stream: t.counts }
    with: { where: n > 3 }
`
}

beforeAll(async () => {
  mkdirSync(project)
  writeFileSync(join(project, "package.json"), `{ "name": "project", "type": "module" }`)
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"))
  platform = await up({ data, publish: [join(root, "plugins/filter")] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("a project's contracts", () => {
  it("are taken from the registry as typed code, with a lock, and the code is made again without a platform", async () => {
    await register(movie())
    const added = await json("add", "contract", "studio.movies")
    assert.deepInclude(added, {
      subject: "studio.movies",
      version: 1,
      module: "src/contracts/movie.ts",
      state: "written"
    })
    const text = inProject(added.module)
    assert.match(text, /^\/\/ Generated from studio\.movies, version 1; edit by `millrace types`\./)
    assert.include(text, "export class Movie extends Contract<Movie>()({")
    writeFileSync(join(project, added.module), text.replace("rating", "stars"))
    const nowhere = ["--data", join(folder.path, "none")]
    const stale = await command(["types", "--check", ...nowhere], { cwd: project })
    assert.deepStrictEqual([stale.exit, stale.errors[0]?.code], [1, "TYPES_STALE"])
    assert.strictEqual((await command(["types", ...nowhere], { cwd: project })).exit, 0)
    assert.strictEqual(inProject(added.module), text)
    assert.strictEqual((await command(["types", "--check", ...nowhere], { cwd: project })).exit, 0)
  })

  it("follow a newer version when asked, with what it means, and no version that could not read older records", async () => {
    await register(movie({ name: "year", type: ["null", "int"], default: null }))
    await platform.send("PUT", "/api/subjects/studio.movies/compatibility", { compatibility: "NONE" })
    await register(movie({ name: "country", type: "string" }))
    const [update] = await json("types", "--update")
    assert.deepInclude(update, { subject: "studio.movies", from: 1, to: 2 })
    assert.deepStrictEqual(
      update.changes.map(({ change, path }: { readonly change: string; readonly path: string }) => [
        path,
        change
      ]),
      [["year", "added"]]
    )
    assert.strictEqual(update.refused[0].version, 3)
    assert.include(inProject("src/contracts/movie.ts"), "year: Schema.NullOr(Avro.Int32)")
    assert.include(await done("types", "--update"), "studio.movies stays at version 2")
  })

  it("may have their truth in .avsc files that refer to each other", async () => {
    mkdirSync(join(project, "schemas"))
    const actor = { type: "record", name: "studio.Actor", fields: [{ name: "name", type: "string" }] }
    const play = {
      type: "record",
      name: "studio.Play",
      fields: [
        { name: "title", type: "string" },
        { name: "cast", type: { type: "array", items: "Actor" } }
      ]
    }
    const write = (file: string, schema: object) =>
      writeFileSync(join(project, "schemas", file), JSON.stringify(schema))
    write("actor.avsc", actor)
    write("play.avsc", play)
    const added = await json(
      "add",
      "contract",
      "schemas/play.avsc",
      "--subject",
      "studio.plays",
      "--key",
      "title"
    )
    assert.deepInclude(added, {
      subject: "studio.plays",
      version: null,
      source: "schemas/play.avsc",
      key: ["title"]
    })
    write("actor.avsc", { ...actor, fields: [...actor.fields, { name: "role", type: ["null", "string"] }] })
    const stale = await run("types", "--check")
    assert.strictEqual(stale.exit, 1)
    assert.include(await done("types"), "+ cast[].role: [null, string]")
    assert.include(inProject(added.module), "role: Schema.NullOr(Schema.String)")
  })

  it("type-check in the project", () => {
    const use = `import { Movie } from "./src/contracts/movie.ts"
import { Play } from "./src/contracts/play.ts"
export const rating: number | null = Movie.make({ id: "a", rating: 7, year: null }).rating
export const cast: readonly string[] = Play.make({ title: "b", cast: [{ name: "c", role: null }] }).cast.map(({ name }) => name)
// @ts-expect-error -- a year is a number
Movie.make({ id: "a", rating: 7, year: "1999" })
`
    writeFileSync(join(project, "use.ts"), use)
    const config = { extends: join(root, "tsconfig.json"), include: ["*.ts", "src"], exclude: [] }
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config))
    const tsc = join(root, "node_modules/typescript/bin/tsc")
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: project, encoding: "utf8" })
    // The SDK's own sources have a gate of their own.
    assert.deepStrictEqual(
      stdout.split("\n").filter((line) => /^(?:use\.ts|src\/)/.test(line)),
      []
    )
  })

  it("are refused with what is wrong, and nothing is written over that was not generated", async () => {
    const unknown = await run("add", "contract", "studio.movies@9")
    assert.deepStrictEqual([unknown.exit, unknown.errors[0]?.code], [1, "SUBJECT_VERSION_UNKNOWN"])
    writeFileSync(
      join(project, "mine.avsc"),
      `{"type":"record","name":"Mine","fields":[{"name":"a","type":"Nowhere"}]}`
    )
    const dangling = await run("add", "contract", "mine.avsc")
    assert.deepStrictEqual([dangling.exit, dangling.errors[0]?.code], [65, "SCHEMA_INVALID"])
    assert.include(dangling.stderr, "Nowhere")
    writeFileSync(join(project, "mine.avsc"), `{"type":"record","name":"Mine","fields":[]}`)
    writeFileSync(join(project, "src/contracts/mine.ts"), "// my own\n")
    const taken = await run("add", "contract", "mine.avsc")
    assert.strictEqual(taken.errors[0]?.code, "FILE_EXISTS")
    assert.strictEqual(inProject("src/contracts/mine.ts"), "// my own\n")
    const named = await run("add", "contract", "mine.avsc", "--subject", "no subject")
    assert.deepStrictEqual([named.exit, named.errors[0]?.code], [64, "NAME_INVALID"])
    const outside = await run(
      "add",
      "contract",
      "studio.movies",
      "--out",
      "../elsewhere",
      "--name",
      "Elsewhere"
    )
    assert.strictEqual(outside.exit, 64)
  })

  it("are not made from a lock that was tampered with", async () => {
    const lock = inProject("millrace.lock.json")
    writeFileSync(join(project, "millrace.lock.json"), lock.replace("A film.", "A farm."))
    assert.strictEqual((await run("types")).errors[0]?.code, "LOCK_TAMPERED")
    writeFileSync(
      join(project, "millrace.lock.json"),
      lock.replace("src/contracts/movie.ts", "../../movie.ts")
    )
    assert.strictEqual((await run("types")).errors[0]?.code, "LOCK_UNREADABLE")
    writeFileSync(join(project, "millrace.lock.json"), lock)
  })
})

describe("packages", () => {
  it("are found by what they are called and what they take", async () => {
    const found = await json("search", "filter")
    assert.strictEqual(found.hits[0].name, "@millrace/filter")
    assert.include(await done("search", "rating", "--kind", "contract"), "studio.movies")
    assert.include(await done("search", "zebra"), "nothing found")
  })

  it("are shown with contracts, config, permissions and users", async () => {
    const text = await done("show", "@millrace/filter")
    assert.match(text, /where\s+expression \(boolean\)\s+required/)
    assert.include(text, "none: it reaches nothing but its records")
    assert.include(await done("show", "studio.movies"), "rating: double or null   0 to 10.")
    const unknown = await run("show", "@millrace/filter#nothing")
    assert.deepStrictEqual([unknown.exit, unknown.errors[0]?.code], [1, "PLUGIN_UNKNOWN"])
  })

  it("are added to a pipeline file as a node whose config is left to fill in, and locked", async () => {
    writeFileSync(join(project, "ticks.pipeline.yaml"), pipelines.ticks)
    await done("add", "@millrace/filter@^1", "--to", "ticks.pipeline.yaml", "--as", "late")
    assert.strictEqual(
      inProject("ticks.pipeline.yaml"),
      `${pipelines.ticks}  late:
    use: "@millrace/filter@^1"
    from: counted
    # with:   what it needs; fill in and uncomment
    #   where:   # expression (boolean). Which records stay: rating >= 7
`
    )
    const lock = JSON.parse(inProject("millrace.lock.json"))
    assert.match(lock.packages["@millrace/filter"].integrity, /^sha512-/)
    assert.include(await done("add", "@millrace/filter"), "# from: NODE")
  })
})

describe("the catalogue of streams", () => {
  beforeAll(async () => {
    for (const [name, text] of Object.entries(pipelines)) {
      writeFileSync(join(project, `${name}.pipeline.yaml`), text)
      await done("apply", `${name}.pipeline.yaml`, "--grant")
    }
    const state = async () => (await json("status", "reader")).state
    await until(state, (found) => found === "completed")
  })

  it("tells who writes a stream and who consumes which of its fields, with its records and its freshness", async () => {
    const before = Date.now()
    const counts = await json("stream", "show", "t.counts")
    assert.deepInclude(counts, {
      stream: "t.counts",
      owner: "clockworks",
      version: 1,
      key: ["key"],
      partitions: 8
    })
    assert.deepInclude(counts.producer, { pipeline: "ticks", node: "counted", kind: "processor" })
    assert.isAtLeast(Number(counts.records), 50)
    assert.isAtMost(counts.lastCommitAt, before)
    assert.deepStrictEqual(
      counts.consumers.map(({ fields, node, pipeline }: { readonly [name: string]: unknown }) => [
        pipeline,
        node,
        fields
      ]),
      [["reader", "kept", ["n"]]]
    )
    assert.include(await done("stream", "show", "t.counts"), "reader/kept")
  })

  it("is searched by field, owner, package and text", async () => {
    const names = async (...args: readonly string[]) =>
      (await json("stream", "list", ...args)).map(({ stream }: { readonly stream: string }) => stream)
    assert.deepStrictEqual(await names(), ["t.counts", "t.ticks"])
    assert.deepStrictEqual(await names("--field", "n"), ["t.counts"])
    assert.deepStrictEqual(await names("--owner", "nobody"), [])
    assert.deepStrictEqual(await names("--package", "@millrace/filter"), ["t.counts"])
    assert.deepStrictEqual(await names("--search", "TICK"), ["t.ticks"])
  })

  it("keeps a stream whose pipeline is gone, and does not know one that never was", async () => {
    await done("pipeline", "delete", "ticks")
    assert.include(await done("stream", "show", "t.ticks"), "nobody any more")
    const unknown = await run("stream", "show", "t.tick")
    assert.deepStrictEqual([unknown.exit, unknown.errors[0]?.code], [1, "STREAM_UNKNOWN"])
  })
})

describe("errors", () => {
  it("are one JSON document on standard error under --json", async () => {
    const { exit, stderr, stdout } = await run("topic", "read", "t.counts", "-p", "99", "--json")
    assert.deepStrictEqual([exit, stdout], [1, ""])
    const { remedy, ...error } = JSON.parse(stderr)
    assert.deepStrictEqual(error, {
      code: "PARTITION_UNKNOWN",
      message: "The topic t.counts has no partition 99"
    })
    assert.include(remedy, "0 to 7")
    const usage = await run("topic", "reed", "--json")
    assert.deepStrictEqual([usage.exit, JSON.parse(usage.stderr).code], [64, "USAGE"])
  })

  it("of an address that is none are wrong usage", async () => {
    const { errors, exit } = await command(["status", "--url", "nonsense"])
    assert.deepStrictEqual([exit, errors[0]?.code], [64, "USAGE"])
  })
})
