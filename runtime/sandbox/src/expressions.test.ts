import {
  checkExpression,
  compileExpression,
  expressionReference,
  generateExpression,
  parseExpression,
  type TypedExpression
} from "@millrace/sdk/expression"
import { assert, describe, it } from "vitest"
import { callOnce } from "./fixture/pool-fixture.ts"
import {
  bundleOf,
  callOf,
  frameOf,
  inputOf,
  movies,
  moviesIn,
  movieOutput,
  movieSchema,
  nodeOf,
  segmentOf
} from "./fixture/segment-fixture.ts"

/** A value as text, whatever it is; the same function here and in the guest. */
const show = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`
    if (part instanceof Uint8Array) return Array.from(part)
    if (part instanceof Map) return Array.from(part.entries())
    return typeof part === "number" && !Number.isFinite(part) ? String(part) : part
  }) ?? "undefined"

const typed = (text: string): TypedExpression => {
  const parsed = parseExpression(text)
  const checked =
    "ok" in parsed && movieSchema.kind === "record" ? checkExpression(parsed.ok, movieSchema) : undefined
  return checked !== undefined && "ok" in checked ? checked.ok : assert.fail(text)
}

describe("expressions in a realm that is closed", () => {
  it("give what they give outside, every function of the reference", async () => {
    const examples = expressionReference.flatMap(({ entries }) => entries.map(({ example }) => example))
    assert.isAbove(examples.length, 150)
    const expressions = examples.map(typed)
    const bundle = bundleOf(
      `{ kind: "processor", bodies: { input: { form: "map", suspends: false, call: (movie) => {
        const run = host.expression("/" + movie.id.slice(1))
        let title
        try { title = show(run({})) } catch (error) { title = "threw " + error.message }
        return { id: movie.id, title, rating: movie.rating }
      } } } }`,
      `const show = ${show.toString()};`
    )
    const node = nodeOf(bundle, {
      expressions: Object.fromEntries(
        expressions.map((expression, place) => [`/${place}`, generateExpression(expression)])
      ),
      outputs: [movieOutput]
    })
    const result = await callOnce(segmentOf([node]), callOf([inputOf(frameOf(movies(examples.length)))]))
    assert.deepStrictEqual(result.deadLetters, [])
    const given = result.outputs.flatMap(({ frame }) => moviesIn(frame).map(({ title }) => title))
    const expected = expressions.map((expression) => show(compileExpression(expression)({})))
    assert.deepStrictEqual(
      given.map((text, place) => `${examples[place]}: ${text}`),
      expected.map((text, place) => `${examples[place]}: ${text}`)
    )
  })
})
