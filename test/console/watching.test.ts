import type { Page } from "playwright-core"
import { assert, beforeEach, describe, it } from "vitest"
import { until } from "../input/program.ts"
import { journeys } from "./journey.ts"
import { applyCanary, open, type Stage } from "./stage.ts"

describe("what is watched in the console", { timeout: 120_000 }, () => {
  const { give, row, tab, ...journey } = journeys()
  let stage: Stage
  let page: Page
  beforeEach(() => {
    stage = journey.stage()
    page = journey.page()
  })

  it("tasks: a crowded partition is named, and stands first where its share is asked for", async () => {
    await open(page, "/pipelines/shop?tab=tasks")
    await page.getByText(/^partition \d of perCountry$/).waitFor()
    await page.getByText("where an even share is 13 %").waitFor()
    const rows = page.getByRole("region", { name: "Tasks", exact: true }).getByRole("row")
    await page.getByRole("button", { name: "Of its chain" }).click()
    await page
      .getByRole("columnheader", { name: "Of its chain" })
      .and(page.locator("[aria-sort=descending]"))
      .waitFor()
    assert.match(await rows.nth(1).innerText(), /^orders/)
    assert.match(await rows.nth(2).innerText(), /^perCountry/)
    await page.getByRole("button", { name: "Task" }).click()
    assert.match(await rows.nth(1).innerText(), /^orders \/ 0/)
    const rate = row("Tasks", "priced / 0").locator("td").nth(2)
    await until(
      () => rate.innerText(),
      (text) => Number(text) > 0
    )
  })

  it("traces: the slowest is followed node by node, and what waited in a topic is told from work", async () => {
    await open(page, "/pipelines/shop?tab=traces")
    await page.getByText("millrace trace list shop", { exact: true }).waitFor()
    await page.getByLabel("Order").selectOption("slowest")
    await page.getByLabel("Outcome").selectOption("handled")
    await page.getByText("millrace trace list shop --slowest --outcome handled").waitFor()
    assert.include(page.url(), "order=slowest&outcome=handled")
    await row("Traces", "handled").first().getByRole("link").click()
    await row("Spans", "orders").first().waitFor()
    assert.match(page.url(), /\/traces\/[0-9a-f]{32}$/)
    await row("Spans", "priced").getByText("shop.orders").waitFor()
    await row("Spans", "large").getByText("priced, in the same batch").waitFor()
    const id = page.url().slice(-32)
    const { stdout } = await stage.platform.command("trace", "show", id, "--json")
    assert.equal(JSON.parse(stdout).traceId, id)
    await page.reload()
    await tab("hidden").click()
    await page.getByRole("heading", { name: "hidden", exact: true }).waitFor()
    await open(page, `/traces/${"0".repeat(32)}`)
    await page.getByText("TRACE_UNKNOWN").waitFor()
  })

  it("ledger: every node and topic balances, and says so as the command line does", async () => {
    await open(page, "/pipelines/shop?tab=ledger")
    await page.getByText("balanced", { exact: true }).waitFor()
    await row("Ledger of nodes", "large").getByText("all", { exact: true }).waitFor()
    await row("Ledger of topics", "shop / out").getByText("all", { exact: true }).waitFor()
    assert.equal(await page.getByText(/missing|too many/).count(), 0)
    const { exit, stdout } = await stage.platform.command("audit", "shop")
    assert.deepStrictEqual([exit, stdout.includes("balanced")], [0, true])
  })

  it("cost: by plugin, owner and pipeline, in any column's order", async () => {
    await open(page, "/")
    await page.keyboard.press("g")
    await page.keyboard.press("c")
    await row("Cost", "@millrace/mask").waitFor()
    const names = async () => page.getByRole("region", { name: "Cost" }).locator("tbody a").allInnerTexts()
    await page.getByRole("button", { name: "Plugin" }).click()
    const sorted = await names()
    assert.deepStrictEqual(sorted, sorted.toSorted())
    await page.getByRole("button", { name: "Plugin" }).click()
    assert.deepStrictEqual(await names(), sorted.toReversed())
    await tab("By owner").click()
    await row("Cost", "shop-team").getByText("100 %").waitFor()
    await page.getByText("millrace cost --by owner").waitFor()
    await tab("By pipeline").click()
    await row("Cost", "shop").getByRole("link", { name: "shop" }).click()
    await page.getByRole("heading", { name: "shop", exact: true }).waitFor()
  })

  it("platform: its charts, from the overview", async () => {
    await open(page, "/")
    await page.getByRole("link", { name: "the platform over time" }).click()
    await page.getByRole("heading", { name: "Sandboxes", exact: true }).waitFor()
    await page.locator(".chart canvas").first().waitFor()
    await page.getByText("millrace dashboard --platform").waitFor()
  })

  it("release: a canary is seen by partition, promoted, and taken back, each by its command", async () => {
    const { platform } = stage
    await applyCanary(stage)
    await open(page, "/pipelines/shop?tab=history")
    await row("Canary", "hidden").getByLabel("0, canary").waitFor()
    assert.equal(
      await row("Canary", "hidden")
        .getByLabel(/as before$/)
        .count(),
      6
    )
    await row("Revisions", "canary beside revision 1").getByText("runs").waitFor()
    await page.getByText("millrace pipeline promote shop").waitFor()
    await page.getByRole("button", { name: "Promote", exact: true }).click()
    await give()
    await row("Revisions", "took the canary of revision 2 everywhere").getByText("runs").waitFor()
    await page.getByRole("region", { name: "Canary", exact: true }).waitFor({ state: "detached" })
    await row("Revisions", "applied").getByRole("link", { name: "1", exact: true }).click()
    await page.getByText("millrace pipeline rollback shop --to 1 --dry-run").waitFor()
    await page.getByRole("button", { name: "Show what it would change" }).click()
    await page.getByLabel("Changes of the plan").getByText("salt").first().waitFor()
    await page.getByRole("button", { name: "Take revision 1 again" }).click()
    await row("Revisions", "took revision 1 again").getByText("runs").waitFor()
    const { body } = await platform.get("/api/status/shop")
    assert.deepInclude(body, { revision: 4, state: "running" })
  })
})
