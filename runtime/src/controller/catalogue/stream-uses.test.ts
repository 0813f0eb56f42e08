import { assert, describe, it } from "vitest"
import { planned } from "../../plan/testing/plan-fixture.ts"
import { plannedStreams } from "./stream-uses.ts"

const source = `movies: { source: "@millrace/files@^1", with: { path: movies.json }, stream: studio.movies }`
const sink = (from: string, name = "out") =>
  `${name}: { sink: "@millrace/files@^1", from: ${from}, with: { path: ${name} } }`
const filter = (from: string, name = "rated") =>
  `${name}: { use: "@millrace/filter@^1", from: ${from}, with: { where: rating > 7 } }`
const project = (from: string, keep: string) =>
  `kept: { use: "@millrace/project@^1", from: ${from}, with: { keep: [${keep}] } }`
const counts = (from: string) =>
  `counts: { use: "@millrace/counts#per-director", from: ${from}, stream: studio.directors }`
const pipeline = (name: string, ...nodes: readonly string[]) =>
  `pipeline: ${name}\nowner: ${name}-team\nnodes:\n${nodes.map((node) => `  ${node}\n`).join("")}`

const studio = planned(
  pipeline(
    "studio",
    source,
    filter("movies"),
    project("rated", "title, rating"),
    counts("movies"),
    sink("kept")
  )
)
const stream = "{ stream: studio.movies }"
const far = planned(pipeline("far", filter(stream), project("rated", "title"), sink("kept")), [studio])

const consumersOf = (name: string) =>
  plannedStreams([studio, far])
    .find((each) => each.stream === name)
    ?.consumers.map(
      ({ direct, fields, node, pipeline: of }) => `${of}/${node} ${direct ? "" : "~"}${fields.join(",")}`
    )

describe("the uses of a stream", () => {
  it("are in the order of the streams' names, with owner, producer and key", () => {
    assert.deepStrictEqual(
      plannedStreams([studio, far]).map(({ owner, producer, stream: name, topic }) => [
        name,
        owner,
        producer?.node.name,
        topic.key
      ]),
      [
        ["studio.directors", "studio-team", "counts", ["director"]],
        ["studio.movies", "studio-team", "movies", ["id"]]
      ]
    )
  })

  it("name the fields of the stream that each node consumes, through other nodes as well, in any pipeline", () => {
    assert.deepStrictEqual(consumersOf("studio.movies"), [
      "studio/counts director",
      "studio/rated rating",
      "studio/out ~rating,title",
      "far/rated rating",
      "far/out ~title"
    ])
  })

  it("have nobody where nobody reads", () => {
    assert.deepStrictEqual(consumersOf("studio.directors"), [])
  })
})
