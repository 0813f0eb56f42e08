import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { json, order, orderOf, receiverOf, url } from "./fixture/receiver.ts"

describe("a tombstone", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())
  const input = { schema: order, values: [null, orderOf("a"), null] }

  it("is passed over by default", async () => {
    const { seen, fakes } = receiverOf()
    await sandbox.sink({ config: { url }, input, fakes })
    assert.lengthOf(seen, 1)
  })

  it("is null where asked", async () => {
    const { seen, fakes } = receiverOf()
    const config = { url, tombstones: "null", batch: "array", maxInFlight: 1 }
    await sandbox.sink({ config, input, fakes })
    assert.deepEqual(JSON.parse(seen[0]?.body ?? ""), [null, json("a"), null])
  })

  it("deletes where asked, and needs a key for it", async () => {
    const { seen, fakes } = receiverOf()
    const config = { url, tombstones: "delete" }
    await sandbox.sink({ config, input, fakes })
    assert.sameMembers(
      seen.map(({ method, body }) => `${method} ${body.length > 0}`),
      ["DELETE false", "POST true", "DELETE false"]
    )
    const keyless = await sandbox.sink({ config: { ...config, path: "/{$key}" }, input, fakes })
    assert.match(keyless.deadLetters[0]?.message ?? "", /\$key is no text/)
  })
})
