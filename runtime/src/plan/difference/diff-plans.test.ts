import { assert, describe, it } from "vitest"
import { diffPlans, type Plan, renderDifference } from "../index.ts"
import { planned } from "../testing/plan-fixture.ts"

const text = (parts: { readonly [key: string]: string } = {}) => {
  const lines = {
    movies: `{ source: "@millrace/files@1.0.0", with: { path: data/movies.json }, stream: studio.movies }`,
    rated: `{ use: "@millrace/filter@^1", from: movies, with: { where: rating >= 7 } }`,
    seen: `{ use: "@millrace/counts#dedupe", from: rated, with: { by: id } }`,
    out: `{ sink: "@millrace/files@1.0.0", from: seen, with: { path: out/movies } }`,
    ...parts
  }
  const nodes = Object.entries(lines).flatMap(([name, node]) => (node === "" ? [] : [`  ${name}: ${node}\n`]))
  return `pipeline: movies\nnodes:\n${nodes.join("")}`
}
const current = planned(text())
const render = (next: Plan, before: Plan | "nothing" = current) =>
  renderDifference(diffPlans(before === "nothing" ? undefined : before, next), { colour: false })
    .trimEnd()
    .split("\n")

describe("the difference of two plans", () => {
  it("is nothing for the same pipeline", () => {
    const difference = diffPlans(current, planned(text()))
    assert.isFalse(difference.wouldChange)
    assert.deepStrictEqual(render(planned(text())), ["No changes. What runs is what the file says."])
  })

  it("is everything for the first", () => {
    assert.deepStrictEqual(render(current, "nothing"), [
      "+ movies (@millrace/files@1.0.0#movies)",
      "+ rated (@millrace/filter@1.0.0#filter)",
      "+ seen (@millrace/counts@1.0.0#dedupe)",
      "+ out (@millrace/files@1.0.0#files)",
      "+ stream studio.movies (named studio.movies)",
      "+ topic movies.dead-letters (records that failed)",
      "",
      "Plan: 4 to add, 0 to change, 0 to remove."
    ])
  })

  it("names a changed config value and nothing else", () => {
    const next = planned(
      text({ rated: `{ use: "@millrace/filter@^1", from: movies, with: { where: rating >= 8 } }` })
    )
    assert.deepStrictEqual(render(next), [
      "~ rated (@millrace/filter@1.0.0#filter)",
      `~     config.where: "rating >= 7" -> "rating >= 8"`,
      "",
      "Plan: 0 to add, 1 to change, 0 to remove."
    ])
  })

  it("says where a stream is compacted from now on, or no more", () => {
    const compacted = planned(
      text({
        movies: `{ source: "@millrace/files@1.0.0", with: { path: data/movies.json }, stream: studio.movies, key: id, compact: true }`
      })
    )
    assert.include(render(compacted).join("\n"), "only the newest record of each key is kept from now on")
    assert.include(render(current, compacted).join("\n"), "every record is kept from now on")
  })

  it("names versions, permissions and policies", () => {
    const next = planned(
      text({
        out: `{ sink: "@millrace/files@^1", from: seen, with: { path: out/other }, onError: { policy: fail, retries: 2 } }`
      })
    )
    assert.deepStrictEqual(render(next), [
      "~ out (@millrace/files@1.2.0#files)",
      "~     plugin: @millrace/files@1.0.0#files -> @millrace/files@1.2.0#files",
      `~     config.path: "out/movies" -> "out/other"`,
      "~     onError: dead-letter -> fail after 2 retries",
      "+     permission: write files below /project/out/other",
      "-     permission: write files below /project/out/movies",
      "",
      "Plan: 0 to add, 1 to change, 0 to remove."
    ])
  })

  it("says that state is lost with its key", () => {
    const next = planned(
      text({ seen: `{ use: "@millrace/counts#dedupe", from: rated, with: { by: title } }` })
    )
    assert.deepStrictEqual(render(next), [
      "~ seen (@millrace/counts@1.0.0#dedupe)",
      `~     config.by: "id" -> "title"`,
      "~     from.input: rated.output by id -> rated.output by title",
      "~     key.output: id -> title",
      "-     state seen: lost, the node is keyed by other fields",
      "+ topic movies.rated.by.title (repartitioned by title for seen)",
      "  seen becomes the first of a chain: it reads movies.rated.by.title from the start",
      "",
      "Plan: 0 to add, 1 to change, 0 to remove."
    ])
  })

  it("says that state is kept when only the config changes", () => {
    const next = planned(
      text({ seen: `{ use: "@millrace/counts#dedupe", from: rated, with: { by: id }, onError: skip }` })
    )
    assert.deepStrictEqual(render(next), [
      "~ seen (@millrace/counts@1.0.0#dedupe)",
      "~     onError: dead-letter -> skip",
      "      state seen: kept, its schema is the same",
      "",
      "Plan: 0 to add, 1 to change, 0 to remove."
    ])
  })

  it("tells migrated state from lost state", () => {
    const withState = (schema: string): Plan => ({
      ...current,
      nodes: current.nodes.map((node) =>
        node.name === "seen"
          ? { ...node, state: [{ name: "seen", kind: "map", schema, mapKey: `"string"` }] }
          : node
      )
    })
    const fates = (before: string, after: string) =>
      diffPlans(withState(before), withState(after)).nodes.flatMap((node) =>
        node.state.map(({ fate }) => fate)
      )
    assert.deepStrictEqual(fates(`"int"`, `"long"`), ["migrated"])
    assert.deepStrictEqual(fates(`"long"`, `"int"`), ["lost"])
    assert.deepStrictEqual(fates(`"long"`, `"long"`), [])
  })

  it("names the fields that a schema gains and loses, in every node that they pass", () => {
    const next = planned(
      text({
        seen: "",
        euros: `{ use: ./in-euros.ts, from: rated }`,
        out: `{ sink: "@millrace/files@1.0.0", from: euros, with: { path: out/movies } }`
      })
    )
    assert.deepStrictEqual(render(next), [
      "+ euros (./in-euros.ts#in-euros)",
      "~ out (@millrace/files@1.0.0#files)",
      "~     from.input: seen.output -> euros.output",
      "- seen (@millrace/counts@1.0.0#dedupe)",
      "-     state seen: lost, its node is removed",
      "",
      "Plan: 1 to add, 1 to change, 1 to remove."
    ])
    const short = (keep: string) =>
      planned(text({ seen: `{ use: "@millrace/project", from: rated, with: { keep: [${keep}] } }` }))
    assert.deepStrictEqual(render(short("id, title"), short("id, rating")).slice(0, 4), [
      "~ seen (@millrace/project@1.0.0#project)",
      `~     config.keep: ["id","rating"] -> ["id","title"]`,
      "-     schema.output.rating: [null, double]",
      "+     schema.output.title: string"
    ])
  })

  it("says what becomes of a stream that is renamed", () => {
    const next = planned(
      text({
        movies: `{ source: "@millrace/files@1.0.0", with: { path: data/movies.json }, stream: studio.films }`
      })
    )
    assert.deepStrictEqual(render(next), [
      "~ movies (@millrace/files@1.0.0#movies)",
      "~     stream.output: studio.movies -> studio.films",
      "+ stream studio.films (named studio.films)",
      "- stream studio.movies (the stream is no longer written; its records stay)",
      "  rated reads studio.films from the start",
      "",
      "Plan: 0 to add, 1 to change, 0 to remove."
    ])
  })

  it("says when a node that ran begins or ends a chain", () => {
    const more = `{ sink: "@millrace/files@1.0.0", from: rated, with: { path: out/more } }`
    const next = planned(text({ more }))
    assert.include(render(next), "  seen becomes the first of a chain: it reads movies.rated from the start")
    assert.include(
      render(current, next),
      "  seen is no longer the first of a chain: the place it had reached is forgotten"
    )
  })

  it("is coloured when asked", () => {
    const out = renderDifference(diffPlans(undefined, current), { colour: true })
    assert.include(out, "\u001b[32m+ movies")
    assert.notInclude(renderDifference(diffPlans(undefined, current), { colour: false }), "\u001b")
  })
})
