import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { maxJsonDepth, parseJson } from "./parse-json.ts"

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)

describe("JSON from outside", () => {
  it("is refused when it nests too deep, and brackets in strings do not count", () => {
    assert.isTrue(Result.isSuccess(parseJson(nested(maxJsonDepth))))
    assert.isTrue(Result.isFailure(parseJson(nested(maxJsonDepth + 1))))
    for (const text of [nested(1000), `\\"${nested(1000)}`, `${nested(1000)}\\\\`, '"'.repeat(3)]) {
      const json = JSON.stringify({ text, after: [[text]] })
      assert.deepStrictEqual(parseJson(json), Result.succeed({ text, after: [[text]] }))
      const tooDeep = `[${json},${nested(maxJsonDepth)}]`
      assert.isTrue(Result.isFailure(parseJson(tooDeep)))
    }
  })

  it("is refused when it names __proto__, however it is spelled, or is no JSON", () => {
    for (const text of ['{"__proto__":1}', '[{"\\u005f_proto__":{}}]', '{"a":', "", '"'])
      assert.isTrue(Result.isFailure(parseJson(text)), text)
  })
})
