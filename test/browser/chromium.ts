import { existsSync } from "node:fs"
import bundled from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"

/** Debian's; where it is not installed, the one that comes as an npm package. */
const installed = "/usr/bin/chromium"

/** A real Chromium without a window. Whoever starts it closes it. */
export const startChromium = async (): Promise<Browser> => {
  const isInstalled = existsSync(installed)
  return chromium.launch({
    executablePath: isInstalled ? installed : await bundled.executablePath(),
    // Tests run as root in containers, where Chromium's own sandbox cannot be made.
    args: isInstalled ? ["--no-sandbox", "--disable-gpu"] : bundled.args,
    headless: true
  })
}
