import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { startChromium } from "../browser/chromium.ts"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"

/** A platform with the pipeline `shop` on it, and a browser. */
export interface Stage {
  readonly platform: Platform
  readonly browser: Browser
  readonly token: string
  /** What belongs to the stage, and goes with it. */
  readonly folder: string
  readonly close: () => Promise<void>
}

const plugins = ["generate", "project", "filter", "mask", "count", "files"]

/** Starts everything, and waits until orders have gone through to the end and one was set aside. */
export const raiseStage = async (): Promise<Stage> => {
  const { path, remove } = temporaryFolder()
  const file = join(path, "shop.pipeline.yaml")
  cpSync(join(import.meta.dirname, "fixtures/shop.pipeline.yaml"), file)
  mkdirSync(join(path, "data"))
  const platform = await up({
    data: join(path, "data"),
    publish: plugins.map((name) => join(root, "plugins", name)),
    flags: ["--apply", file, "--grant"]
  })
  const browser = await startChromium()
  await until(
    () => platform.get("/api/status/shop"),
    ({ body }) => isUnderWay(body)
  )
  return {
    platform,
    browser,
    token: readFileSync(join(path, "data/token"), "utf8").trim(),
    folder: path,
    close: async () => {
      await browser.close()
      await platform.stop()
      remove()
    }
  }
}

/** Applies the pipeline with another salt, as a canary on a quarter of its partitions. */
export const applyCanary = async ({ folder, platform }: Stage): Promise<void> => {
  const file = join(folder, "shop.pipeline.yaml")
  writeFileSync(file, readFileSync(file, "utf8").replace("salt: shop", "salt: other"))
  const { exit, stderr } = await platform.command("apply", file, "--grant", "--canary", "25%")
  if (exit !== 0) throw new Error(stderr)
}

/** The id of the slowest record that was followed through all nodes. */
export const slowestTrace = async ({ platform }: Stage): Promise<string> => {
  const { body } = await until(
    () => platform.get("/api/traces?pipeline=shop&outcome=handled&order=slowest&limit=1"),
    (answer) => Array.isArray(answer.body) && answer.body.length > 0
  )
  const [trace]: readonly { readonly traceId: string }[] = Array.isArray(body) ? body : []
  return trace?.traceId ?? ""
}

interface Status {
  readonly deadLetters?: number
  readonly nodes?: readonly { readonly node: string; readonly totals: { readonly in: number } }[]
}

const isUnderWay = (body: unknown): boolean => {
  const status: Status = typeof body === "object" && body !== null ? body : {}
  const out = status.nodes?.find(({ node }) => node === "out")
  return (status.deadLetters ?? 0) > 0 && (out?.totals.in ?? 0) > 0
}

/** What a page did wrong by itself: exceptions, errors in its console (a refused style or script is one), requests to elsewhere. */
export interface Visit {
  readonly page: Page
  readonly faults: string[]
}

export interface VisitOptions {
  readonly width?: number
  readonly theme?: "light" | "dark"
  /** Has the token from the start. */
  readonly isTrusted?: boolean
}

/** A tab of its own: nothing of another visit is kept. */
export const visit = async (
  { browser, platform, token }: Stage,
  { isTrusted = false, theme = "light", width = 1280 }: VisitOptions = {}
): Promise<Visit> => {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    baseURL: platform.url
  })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`))
  page.on("console", (message) => {
    // What the platform refuses is shown on the page, and is no fault of the page's.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      faults.push(message.text())
  })
  page.on("request", (request) => {
    if (!request.url().startsWith(platform.url)) faults.push(`asks ${request.url()}`)
  })
  if (isTrusted) await page.addInitScript((given) => sessionStorage.setItem("millrace.token", given), token)
  return { page, faults }
}

/** Opens an address, and waits until the console stands there. A checkout builds it at the first. */
export const open = async (page: Page, address: string): Promise<void> => {
  await page.goto(address)
  const console = page.locator("#page h1")
  await console.or(page.getByRole("heading", { name: "could not be built" })).waitFor({ timeout: 60_000 })
  if (!(await console.isVisible())) throw new Error(await page.locator("pre").innerText())
}
