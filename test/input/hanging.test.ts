import { afterAll, beforeAll, describe, it } from "vitest"
import { assertSetAside } from "./misbehaving.ts"
import { ordersFolder, temporaryFolder, up } from "./program.ts"
import type { Platform } from "./program.ts"

const folder = temporaryFolder()
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: folder.path, publish: [ordersFolder] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("a plugin that hangs on a record", () => {
  it("has that record alone set aside, with why and where, after three deadlines", async () => {
    await assertSetAside(platform, {
      plugin: "hangs",
      code: "DEADLINE_EXCEEDED",
      tag: null,
      message: /deadline/
    })
  }, 110_000)
})
