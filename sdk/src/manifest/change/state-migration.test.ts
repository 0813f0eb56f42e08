import { assert, describe, it } from "vitest"
import { pluginChanges } from "./plugin-changes.ts"
import { pluginOf } from "./testing/manifest-fixture.ts"

const withState = (schema: unknown, migrate?: readonly unknown[]) =>
  pluginOf({
    state: [{ name: "seen", kind: "value", schema, ...(migrate === undefined ? {} : { migrate }) }]
  })

describe("a state that is migrated", () => {
  it("breaks nobody who has the version before, and everybody who has another", () => {
    const bumps = (migrate?: readonly unknown[]) =>
      pluginChanges(withState("int"), withState("string", migrate)).map(({ bump }) => bump)
    assert.deepStrictEqual(bumps(), ["major"])
    assert.deepStrictEqual(bumps(["int"]), ["minor"])
    assert.deepStrictEqual(bumps(["long"]), ["major"])
  })

  it("needs no version of its own to lose a migration", () => {
    assert.deepStrictEqual(pluginChanges(withState("int", ["long"]), withState("int")), [])
  })
})
