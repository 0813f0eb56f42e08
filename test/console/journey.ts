import type { Locator, Page } from "playwright-core"
import { afterAll, afterEach, assert, beforeAll, beforeEach } from "vitest"
import { raiseStage, type Stage, visit, type Visit } from "./stage.ts"

/** A journey through the console, and what it needs again and again. What it holds is there while a test runs. */
export interface Journey {
  readonly stage: () => Stage
  readonly page: () => Page
  /** The rows of a table, by their text. */
  readonly row: (table: string, text: string | RegExp) => Locator
  readonly tab: (name: string) => Locator
  /** Gives the token that the page asks for. */
  readonly give: () => Promise<void>
}

/** One stage for all tests of a suite, and a tab of its own for each; a page that did something wrong by itself fails its test. */
export const journeys = (): Journey => {
  let stage: Stage
  let journey: Visit
  beforeAll(async () => {
    stage = await raiseStage()
  })
  afterAll(() => stage.close())
  beforeEach(async () => {
    journey = await visit(stage)
  })
  afterEach(async () => {
    assert.deepStrictEqual(journey.faults, [])
    await journey.page.context().close()
  })
  const page = (): Page => journey.page
  return {
    stage: () => stage,
    page,
    row: (table, text) =>
      page().getByRole("region", { name: table, exact: true }).getByRole("row").filter({ hasText: text }),
    tab: (name) => page().getByRole("link", { name, exact: true }),
    give: async () => {
      await page().getByLabel("Token", { exact: true }).fill(stage.token)
      await page().getByRole("button", { name: "Go on", exact: true }).click()
    }
  }
}
