import type { Page } from "playwright-core"
import { assert, beforeEach, describe, it } from "vitest"
import { until } from "../input/program.ts"
import { journeys } from "./journey.ts"
import { open, type Stage } from "./stage.ts"

const countOf = (status: unknown): number =>
  typeof status === "object" && status !== null && "deadLetters" in status ? Number(status.deadLetters) : -1
const openAmong = (letters: unknown): number =>
  Array.isArray(letters)
    ? letters.filter(({ discarded, replayed }) => discarded === false && replayed === false).length
    : -1
const lengthOf = (letters: unknown): number => (Array.isArray(letters) ? letters.length : -1)

describe("journeys through the console", { timeout: 120_000 }, () => {
  const { give, row, tab, ...journey } = journeys()
  let stage: Stage
  let page: Page
  beforeEach(() => {
    stage = journey.stage()
    page = journey.page()
  })

  it("overview: numbers move by themselves, and a frozen view stands still", async () => {
    await open(page, "/")
    const read = async (): Promise<string> => row("Pipelines", "shop").innerText()
    const first = await read()
    await until(read, (now) => now !== first)
    await page.keyboard.press("f")
    await page.getByText(/^frozen at/).waitFor()
    const frozen = await page.locator("#page").innerText()
    const before = await stage.platform.get("/api/status/shop")
    await until(
      () => stage.platform.get("/api/status/shop"),
      ({ body }) => JSON.stringify(body) !== JSON.stringify(before.body)
    )
    assert.equal(await page.locator("#page").innerText(), frozen)
    await page.getByRole("button", { name: "Go on" }).click()
    await until(
      () => page.locator("#page").innerText(),
      (text) => text !== frozen
    )
  })

  it("pipeline: each view shows its part, at an address that can be opened again", async () => {
    await open(page, "/pipelines/shop")
    await page.getByRole("group", { name: "processor priced" }).getByText(/dead/).waitFor()
    await tab("Schemas").click()
    await page.getByRole("heading", { name: /^hidden → .*perCustomer/ }).waitFor()
    await page.locator("p", { hasText: /^perCustomer takes .*keyed by customer$/ }).waitFor()
    await tab("Charts").click()
    await page.locator(".chart canvas").first().waitFor()
    await tab("Tasks").click()
    await row("Tasks", "priced").first().waitFor()
    await tab("Ledger").click()
    await row("Ledger of nodes", "priced").getByText("all", { exact: true }).waitFor()
    await tab("Physical plan").click()
    await row("Topics", "named shop.orders").waitFor()
    await row("Chains", "priced → large → hidden").waitFor()
    await tab("History").click()
    await row("Revisions", "runs").waitFor()
    await page.getByText("+ pipeline: shop").waitFor()
    await tab("Logs").click()
    await page.getByText("millrace logs shop --follow").waitFor()
    assert.include(page.url(), "tab=logs")
    await page.reload()
    await page.getByRole("heading", { name: "Log", exact: true }).waitFor()
  })

  it("pipeline: pausing asks for the token, once, and says which command does the same", async () => {
    await open(page, "/pipelines/shop")
    await page.getByText("millrace pipeline pause shop").waitFor()
    await page.getByRole("button", { name: "Pause", exact: true }).click()
    await give()
    await page.locator(".page-head").getByText("paused").waitFor()
    await page.getByRole("button", { name: "Resume", exact: true }).click()
    await page.locator(".page-head").getByText("running").waitFor()
  })

  it("pipeline: a wrong token is refused with what to do, and changes nothing", async () => {
    await open(page, "/pipelines/shop")
    await page.getByRole("button", { name: "Pause", exact: true }).click()
    await page.getByLabel("Token", { exact: true }).fill("not-the-token")
    await page.getByRole("button", { name: "Go on", exact: true }).click()
    await page.getByRole("alert").getByText("UNAUTHENTICATED").waitFor()
    await page.locator(".page-head").getByText("running").waitFor()
  })

  it("processor: a dashboard nobody wrote, records before and after, config, state by key", async () => {
    await open(page, "/pipelines/shop/nodes/perCustomer")
    await page.locator(".chart canvas").first().waitFor()
    await tab("Tap").click()
    const pair = page.getByRole("region", { name: /^Record shop.customer-counts/ }).first()
    await pair.getByRole("columnheader", { name: "Before" }).waitFor()
    await pair.getByRole("row", { name: /^orders added/ }).waitFor()
    await tab("State").click()
    await page
      .getByRole("button", { name: /^c\d+$/ })
      .first()
      .click()
    await page.getByRole("heading", { name: /^Everything of c\d+/ }).waitFor()
    await open(page, "/pipelines/shop/nodes/hidden?tab=config")
    await page.getByRole("region", { name: "Config of hidden" }).getByText("hash").waitFor()
  })

  it("packages: found by what they do, with contract, permissions, README and users", async () => {
    await open(page, "/packages")
    await page.getByRole("searchbox").fill("hides values")
    await row("Found", "@millrace/mask").getByRole("link").first().click()
    await page.getByText("nothing: it sees its records and nothing else").waitFor()
    await tab("README").click()
    await page.getByText("A hash hides a value only from those").waitFor()
    await tab("Versions").click()
    await page.getByText("It is the first: there is nothing to compare it with.").waitFor()
    await tab("Who uses it").click()
    await row("Uses", "hidden").getByRole("link", { name: "shop" }).click()
    await page.getByRole("heading", { name: "shop", exact: true }).waitFor()
    await open(page, "/packages/@millrace/files")
    await page
      .getByText(/^read files below/)
      .first()
      .waitFor()
  })

  it("sources: schema, owner, freshness, who writes and who reads which field", async () => {
    await open(page, "/sources")
    await row("Streams", "shop.orders").getByRole("link").click()
    await row("Fields", "amount").getByText("shop/priced").waitFor()
    await row("Consumers", "priced").getByText("the stream itself").waitFor()
    await page
      .getByRole("region", { name: "Avro schema" })
      .getByText(/"name": "(?:shop\.)?Order"/)
      .waitFor()
  })

  it("dead letters: one is mended and put back in, one is put away; both stay told apart", async () => {
    await open(page, "/dead-letters?pipeline=shop")
    const letters = page.getByRole("region", { name: "Dead letters of this cause" })
    await letters.getByRole("button").first().click()
    const id = await letters.getByRole("button").first().innerText()
    const editor = page.getByLabel("Record; what you change is put in its place")
    const record: { [field: string]: unknown } = JSON.parse(await editor.inputValue())
    assert.equal(record["amount"], "free")
    await editor.fill("{")
    await page.getByText(/^This is not JSON/).waitFor()
    await editor.fill(JSON.stringify({ ...record, amount: "99" }))
    await page.getByText("Changed: amount. Its key stays as it was").waitFor()
    await page.getByRole("button", { name: "Replay mended" }).click()
    await give()
    await letters.getByRole("row").filter({ hasText: id }).getByText("replayed").waitFor()
    const still = letters.getByRole("row").filter({ hasText: "open" }).first()
    const other = await still.getByRole("button").innerText()
    await still.getByRole("checkbox").check()
    await page.getByRole("button", { name: "Discard chosen 1" }).click()
    await letters.getByRole("row").filter({ hasText: other }).getByText("discarded").waitFor()
    const { body } = await stage.platform.get(`/api/status/shop/dead-letters/${other}`)
    assert.deepInclude(body, { discarded: true, replayed: false })
    await until(
      async () => ({
        open: await stage.platform.get("/api/status/shop"),
        all: await stage.platform.get("/api/status/shop/dead-letters?limit=1000")
      }),
      // The count is of those that are open, which the list tells one by one; a new one may come between both answers.
      ({ all, open: { body: status } }) =>
        countOf(status) > 0 &&
        countOf(status) === openAmong(all.body) &&
        openAmong(all.body) < lengthOf(all.body)
    )
  })

  it("alerts: one that fires by itself is silenced, and the silence ended", async () => {
    await open(page, "/alerts?pipeline=shop")
    const alert = page.getByRole("listitem").filter({ hasText: "dead-letters" })
    await alert.getByText(/^firing/).waitFor({ timeout: 60_000 })
    await alert.getByRole("button", { name: "Silence for an hour" }).click()
    await give()
    await row("Silences", "pipeline=shop").getByRole("button", { name: "End", exact: true }).click()
    await page.getByText("None: every alert is told to its owner.").waitFor()
  })

  it("audit: asks for a token, shows who did what, and that nothing was changed since", async () => {
    await open(page, "/audit")
    await page.getByRole("button", { name: "Give a token" }).first().click()
    await give()
    await row("Audit log", "pipeline.apply").filter({ hasText: "shop" }).first().waitFor()
    await page.getByText("unbroken").waitFor()
  })

  it("takes the token that `millrace console` puts into the address out of it at once", async () => {
    const { stdout } = await stage.platform.command("console", "--print")
    const address = new URL(stdout.trim())
    assert.include(address.hash, "token=")
    await open(page, address.href)
    assert.equal(page.url(), `${stage.platform.url}/`)
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await row("Audit log", "pipeline.apply").first().waitFor()
  })

  it("keys: search leads to a node, help tells the keys, the theme stays chosen", async () => {
    await open(page, "/")
    await page.keyboard.press("/")
    await page.getByRole("combobox").fill("shop hid")
    await page.getByRole("option", { name: /shop \/ hidden/ }).waitFor()
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "hidden", exact: true }).waitFor()
    await page.keyboard.press("?")
    await page.getByRole("dialog", { name: "Keys" }).waitFor()
    await page.keyboard.press("Escape")
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" })
    await page.keyboard.press("t")
    await page.locator("html[data-theme=dark]").waitFor()
    await page.reload()
    await page.locator("html[data-theme=dark]").waitFor()
  })

  it("says so when there is no such pipeline, node or page", async () => {
    await open(page, "/pipelines/nothing")
    await page.getByText("PIPELINE_UNKNOWN").waitFor()
    await open(page, "/pipelines/shop/nodes/nothing")
    await page.getByText("The pipeline shop has no node nothing").waitFor()
  })
})
