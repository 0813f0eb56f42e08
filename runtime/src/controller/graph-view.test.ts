import { assert, describe, it } from "vitest"
import { planned } from "../plan/testing/plan-fixture.ts"
import { graphView } from "./graph-view.ts"

const plan = planned(
  `pipeline: studio
owner: studio-data
nodes:
  movies: { source: "@millrace/files@^1", with: { path: movies.json }, stream: studio.movies }
  rated: { use: "@millrace/filter@^1", from: movies, with: { where: rating > 7 } }
  kept: { use: "@millrace/project@^1", from: rated, with: { keep: [title, rating] } }
  out: { sink: "@millrace/files@^1", from: kept, with: { path: out } }
`
)
const far = planned(
  `pipeline: far
nodes:
  rated: { use: "@millrace/filter@^1", from: { stream: studio.movies }, with: { where: rating > 7 } }
  out: { sink: "@millrace/files@^1", from: rated, with: { path: out } }
`,
  [plan]
)

describe("the graph of a plan", () => {
  const graph = graphView(plan, 3)
  const node = (name: string) => graph.nodes.find((each) => each.node === name)

  it("says which output feeds each input", () => {
    assert.deepStrictEqual(
      graph.nodes.flatMap(({ inputs, node: name }) =>
        inputs.flatMap(({ feeds }) => feeds.map((feed) => `${feed.node}.${feed.output} -> ${name}`))
      ),
      ["movies.output -> rated", "rated.output -> kept", "kept.output -> out"]
    )
  })

  it("tells another pipeline's stream from a node of its own", () => {
    assert.deepStrictEqual(graphView(far, 1).nodes[0]?.inputs[0]?.feeds, [
      { node: null, output: null, stream: "studio.movies" }
    ])
  })

  it("has the fields of every output with what each is made of, near and in the end", () => {
    assert.deepStrictEqual(
      node("kept")?.outputs[0]?.fields.map(({ inputs, name, origins }) => [name, inputs, origins]),
      [
        ["title", ["input.title"], ["movies.title"]],
        ["rating", ["input.rating"], ["movies.rating"]]
      ]
    )
  })

  it("names chain, stream, key and why each topic is there", () => {
    assert.equal(node("movies")?.outputs[0]?.stream, "studio.movies")
    assert.equal(node("out")?.chain, "rated")
    assert.deepStrictEqual(
      graph.chains.map(({ head, reads, segments, writes }) => [
        head,
        reads,
        segments.flatMap((segment) => segment.nodes),
        writes
      ]),
      [
        ["movies", [], ["movies"], ["studio.movies"]],
        ["rated", ["studio.movies"], ["rated", "kept", "out"], []]
      ]
    )
    assert.include(graph.topics.find(({ topic }) => topic === "studio.movies")?.why ?? "", "studio.movies")
  })

  it("shows the config as it was settled, and permissions in words", () => {
    assert.deepStrictEqual(node("rated")?.config, { where: "rating > 7" })
    assert.deepStrictEqual(node("out")?.permissions, [
      { handle: "output", permission: "write files below /project/out", granted: false }
    ])
    assert.equal(graph.revision, 3)
    assert.equal(graph.owner, "studio-data")
  })
})
