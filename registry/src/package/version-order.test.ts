import { assert, describe, it } from "vitest"
import { latestOf, resolveRange } from "./version-order.ts"

const versions = (...texts: readonly string[]) =>
  texts.map((text) => {
    const [version = "", mark] = text.split(" ")
    return {
      version,
      deprecated: mark === "deprecated" ? "old" : null,
      yanked: mark === "yanked" ? "bad" : null
    }
  })

describe("resolveRange", () => {
  it.each([
    ["^1", "1.10.0"],
    ["~1.2", "1.2.3"],
    ["1.x || 2.x", "2.0.0"],
    ["*", "2.0.0"],
    ["", "2.0.0"],
    [">=1.2.3 <1.10.0", "1.9.0"],
    ["1.2.3", "1.2.3"],
    ["=1.2.3", "1.2.3"],
    ["^3.0.0-beta.1", "3.0.0-beta.2"],
    ["^3", undefined],
    ["nonsense", undefined],
    ["latest", "2.0.0"]
  ])("finds what %s means by npm's rules", (range, expected) => {
    const all = versions("1.2.3", "1.9.0", "1.10.0", "2.0.0", "3.0.0-beta.1", "3.0.0-beta.2")
    assert.equal(resolveRange(all, range)?.version, expected)
  })

  it("passes a yanked version over, but for its exact version", () => {
    const all = versions("1.0.0", "1.1.0 yanked")
    assert.equal(resolveRange(all, "^1")?.version, "1.0.0")
    assert.equal(resolveRange(all, "1.1.0")?.version, "1.1.0")
    assert.isUndefined(resolveRange(versions("1.0.0 yanked"), "^1"))
  })

  it("takes a deprecated version only when no other fits", () => {
    assert.equal(resolveRange(versions("1.0.0", "1.1.0 deprecated"), "^1")?.version, "1.0.0")
    assert.equal(resolveRange(versions("1.0.0 deprecated", "1.1.0 deprecated"), "^1")?.version, "1.1.0")
  })
})

describe("latestOf", () => {
  it("is the highest that is neither yanked nor a prerelease", () => {
    assert.equal(latestOf(versions("1.0.0", "1.2.0", "1.3.0 yanked", "2.0.0-rc.1"))?.version, "1.2.0")
    assert.isUndefined(latestOf(versions("1.0.0-rc.1")))
  })
})
