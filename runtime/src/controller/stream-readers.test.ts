import { assert, describe, it } from "vitest"
import type { Plan } from "../plan/index.ts"
import { planned } from "../plan/testing/plan-fixture.ts"
import { problemsOfReaders, readersOf } from "./stream-readers.ts"

const pipeline = (name: string, ...nodes: readonly string[]) =>
  `pipeline: ${name}\nowner: ${name}-team\nnodes:\n${nodes.map((node) => `  ${node}\n`).join("")}`
const kept = (fields: string, stream = "studio.kept") => [
  `movies: { source: "@millrace/files@^1", with: { path: movies.json } }`,
  `kept: { use: "@millrace/project@^1", from: movies, with: { keep: [${fields}] }, stream: ${stream} }`
]
const out = (from: string) => `out: { sink: "@millrace/files@^1", from: ${from}, with: { path: out } }`

const studio = planned(pipeline("studio", ...kept("title, rating")))
const far = planned(
  pipeline(
    "far",
    `rated: { use: "@millrace/filter@^1", from: { stream: studio.kept }, with: { where: rating > 7 } }`,
    out("rated")
  ),
  [studio]
)
const plans = [studio, far]
const codesOf = (next: Plan, paused: readonly string[] = []) =>
  problemsOfReaders(studio, next, plans, new Set(paused)).map(({ code, message }) => `${code} ${message}`)

describe("who reads a stream of another pipeline", () => {
  it("is known, with the schema that its plan was made with", () => {
    const [reader, ...others] = readersOf("studio.kept", "studio", plans)
    assert.isEmpty(others)
    assert.deepInclude(reader, { pipeline: "far", node: "rated" })
    assert.strictEqual(reader?.schema, studio.topics.find(({ name }) => name === "studio.kept")?.schema)
    assert.strictEqual(far.physical.chains[0]?.inputs[0]?.schema, reader?.schema)
    assert.isEmpty(readersOf("studio.kept", "far", plans))
  })

  it("keeps the stream where it is", () => {
    assert.deepStrictEqual(codesOf(planned(pipeline("studio", ...kept("title, rating", "studio.other")))), [
      "STREAM_IN_USE studio.kept is read by far (rated), and the new plan has it no more"
    ])
  })

  it("keeps what it was planned with: a field does not go, but for who stands still", () => {
    const next = planned(pipeline("studio", ...kept("title")))
    const [problem, ...others] = codesOf(next)
    assert.isEmpty(others)
    assert.match(
      problem ?? "",
      /^STREAM_READER_BROKEN studio\.kept, rating: far \(rated\) reads it, and could not/
    )
    assert.isEmpty(codesOf(next, ["far"]))
  })

  it("minds neither the order of fields nor new ones", () => {
    assert.isEmpty(codesOf(planned(pipeline("studio", ...kept("id, rating, title")))))
    assert.isEmpty(codesOf(studio))
  })
})
