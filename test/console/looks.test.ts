import { mkdirSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { seriousFindings } from "./axe.ts"
import { pagesOf } from "./pages.ts"
import { applyCanary, open, raiseStage, slowestTrace, type Stage, visit } from "./stage.ts"

/** Where the pictures go: CONSOLE_PICTURES, or a temporary folder. */
const pictures = process.env["CONSOLE_PICTURES"] ?? mkdtempSync(join(tmpdir(), "millrace-console-pictures-"))

const themes = ["light", "dark"] as const
const pictured = [390, 1280, 1920]
const widths = [390, 600, 720, 860, 1280, 1920, 2560]

/** Waits until nothing on the page says that it waits. */
const settled = async (page: Page): Promise<void> => {
  await page
    .getByText(/^(?:Loading|Waiting for|Drawing) /)
    .first()
    .waitFor({ state: "detached" })
  await page.locator("[role=status]", { hasText: /^live$/ }).waitFor()
}

describe("every page of the console", { timeout: 600_000 }, () => {
  let stage: Stage
  let pages: ReturnType<typeof pagesOf>
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    stage = await raiseStage()
    await applyCanary(stage)
    pages = pagesOf(await slowestTrace(stage))
  })
  afterAll(() => stage.close())

  it.each(themes)("in %s: axe-core finds nothing serious, and pictures are taken", async (theme) => {
    const found: string[] = []
    for (const width of pictured) {
      const { faults, page } = await visit(stage, { theme, width, isTrusted: true })
      for (const [name, address] of Object.entries(pages)) {
        await open(page, address)
        await settled(page)
        await page.screenshot({ path: join(pictures, `${name}-${width}-${theme}.png`) })
        const findings = await seriousFindings(page)
        found.push(...[...faults.splice(0), ...findings].map((each) => `${name} ${width}: ${each}`))
      }
      await page.context().close()
    }
    assert.deepStrictEqual(found, [])
  })

  it("is never wider than its window, from 390 to 2560 pixels", async () => {
    const wide: string[] = []
    const { page } = await visit(stage, { isTrusted: true })
    for (const [name, address] of Object.entries(pages)) {
      await open(page, address)
      await settled(page)
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 })
        const over: unknown = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if (typeof over !== "number" || over > 0) wide.push(`${name} at ${width}: ${String(over)} px`)
      }
    }
    assert.deepStrictEqual(wide, [])
    await page.context().close()
  })
})
