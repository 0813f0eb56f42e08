import { fileURLToPath } from "node:url"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { moduleLoader } from "../fixture/index.ts"
import { propertyTests } from "./property-tests.ts"
import { runProperties } from "./property-runner.ts"

describe("generated records", () => {
  it("find what a plugin forgot, as a case to paste, and take errors of its own", async () => {
    const file = fileURLToPath(new URL("../fixtures/careless.fixture.yaml", import.meta.url))
    const results = await Effect.runPromise(
      runProperties(file, { runs: 6, seed: 1, load: moduleLoader() }).pipe(
        Effect.provide(SandboxPool.layer({}))
      )
    )
    assert.deepStrictEqual(
      results.map(({ cut, plugin, status }) => [plugin, status, cut]),
      [
        ["initials", "failed", "whole"],
        ["careful-initials", "passed", undefined],
        ["places", "failed", "cut"]
      ]
    )
    const [initials, , places] = results
    assert.strictEqual(
      initials?.counterexample,
      `- name: found by generated records
  plugin: initials
  input:
    - id: 0
      name: ""
`
    )
    assert.match(JSON.stringify(initials.differences), /no first letter/)
    assert.lengthOf(places?.counterexample?.match(/- name: (?!found)/g) ?? [], 2)
  })

  it("reject from vitest with what was found", async () => {
    const message = await propertyTests(new URL("../fixtures/careless.fixture.yaml", import.meta.url)).then(
      () => "",
      (error: Error) => error.message
    )
    assert.include(message, "✗ initials › 10 batches of generated records")
    assert.include(message, "- name: found by generated records\n  plugin: places\n")
    await propertyTests(new URL("../fixtures/calls.fixture.yaml", import.meta.url), { runs: 2 })
  })
})
