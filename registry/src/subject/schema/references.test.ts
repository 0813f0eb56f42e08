import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { execute, inTransaction } from "../../store/database.ts"
import { makeTestRegistry, type TestRegistry } from "../../testing/test-registry.ts"
import { registerSchema } from "../register.ts"
import { resolveReferences } from "./references.ts"
import { placeOf } from "../subject-place.ts"

/** Writes a version as it stands, which registering would not do. */
const plant = (id: number, subject: string, to: string) =>
  inTransaction(
    Effect.gen(function* () {
      const refs = JSON.stringify([{ name: `R${to}`, subject: to, version: 1 }])
      yield* execute("INSERT INTO schemas (id, context, sha256, text, refs) VALUES (?, '', ?, ?, ?)", [
        id,
        `sha${id}`,
        JSON.stringify({ type: "record", name: `R${subject}`, fields: [{ name: "f", type: `R${to}` }] }),
        refs
      ])
      yield* execute("INSERT INTO subjects (context, name, record_key) VALUES ('', ?, '[]')", [subject])
      yield* execute("INSERT INTO subject_versions VALUES ('', ?, 1, ?, 0, 'ann', NULL)", [subject, id])
    })
  )

const problemOf = (registry: TestRegistry, effect: ReturnType<typeof resolveReferences>): Promise<string> =>
  registry.runtime.runPromise(
    Effect.match(effect, { onSuccess: () => "there is none", onFailure: (error) => String(error.message) })
  )

describe("references", () => {
  it("are refused when they go in a circle", async () => {
    await using registry = await makeTestRegistry()
    await registry.runtime.runPromise(
      Effect.andThen(Effect.andThen(plant(1, "a", "b"), plant(2, "b", "c")), plant(3, "c", "a"))
    )
    const problem = await problemOf(
      registry,
      resolveReferences("", [{ name: "Ra", subject: "a", version: 1 }])
    )
    assert.include(problem, "go in a circle: a 1, b 1, c 1, a 1")
  })

  it("are refused when they are too many, before any is looked up", async () => {
    await using registry = await makeTestRegistry()
    const references = Array.from({ length: 501 }, () => ({ name: "R", subject: "a", version: 1 }))
    assert.include(await problemOf(registry, resolveReferences("", references)), "501 references")
  })

  it("lead to the first version of a name, where several schemas use the name", async () => {
    await using registry = await makeTestRegistry()
    const register = (
      subject: string,
      schema: string,
      ...references: readonly (readonly [string, string, number])[]
    ) =>
      registry.runtime.runPromise(
        registerSchema({
          place: placeOf(subject),
          given: {
            schema,
            references: references.map(([name, target, version]) => ({ name, subject: target, version }))
          },
          actor: "ann"
        })
      )
    const record = (name: string, ...types: readonly string[]) =>
      JSON.stringify({
        type: "record",
        name,
        fields: types.map((type, index) => ({
          name: `f${index}`,
          type,
          ...(type === "null" ? { default: null } : {})
        }))
      })
    await register("c", record("C"))
    await register("c", record("C", "null"))
    await register("a", record("A", "C"), ["C", "c", 1])
    await register("b", record("B", "C"), ["C", "c", 2])
    const { library, targets } = await registry.runtime.runPromise(
      resolveReferences("", [
        { name: "B", subject: "b", version: 1 },
        { name: "A", subject: "a", version: 1 }
      ])
    )
    const shared = library.types.get("C")
    assert.equal(shared?.kind === "record" ? shared.fields.length : -1, 1)
    assert.deepEqual(
      targets.map(({ subject, version }) => [subject, version]),
      [
        ["b", 1],
        ["a", 1]
      ]
    )
  })
})
