import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { firstLoadBytes } from "./first-load.ts"
import { open, raiseStage, type Stage, visit } from "./stage.ts"

// One journey in a real browser against a real platform; `journeys.test.ts` and its neighbours take all of them.
describe("the console", () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await raiseStage()
  })
  afterAll(() => stage.close())

  it("leads from the overview to what is wrong in a strange pipeline, and where it comes from", async () => {
    const { faults, page } = await visit(stage)
    await open(page, "/")
    await page.getByRole("link", { name: /dead letter.* shop/ }).click()
    await page.getByRole("heading", { name: "PLUGIN_FAILED at priced" }).waitFor()
    await page.getByText("is not a valid DOUBLE").first().waitFor()
    await open(page, "/pipelines/shop")
    await page
      .getByText(/in [1-9][\d.]*\/s/)
      .first()
      .waitFor()
    await page.getByRole("group", { name: "processor hidden" }).click()
    await page.getByRole("button", { name: "email" }).click()
    assert.include(
      await page.getByLabel("Lineage of email").innerText(),
      "large.email, priced.email, orders.email"
    )
    assert.include(page.url(), "node=hidden&field=output.email")
    assert.deepStrictEqual(faults, [])
  })

  it("draws charts where the browser's language is no language tag, as Chromium's is under LANG=C", async () => {
    const { faults, page } = await visit(stage, { isTrusted: true })
    await page.addInitScript(
      `Object.defineProperty(Navigator.prototype, "language", { get: () => "en-US@posix", configurable: true })`
    )
    await open(page, "/platform")
    await page.locator(".chart canvas").first().waitFor()
    assert.deepStrictEqual(faults, [])
  })

  it("comes in 300 KB compressed before anything that is loaded later", async () => {
    const bytes = await firstLoadBytes(stage.platform.url)
    assert.isAbove(bytes, 10_000)
    assert.isAtMost(bytes, 300_000)
  })
})
