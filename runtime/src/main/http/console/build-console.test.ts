import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it, vi } from "vitest"
import { type BuildState, makeConsoleBuild } from "./build-console.ts"

describe("the build of the console in a checkout", () => {
  let folder = ""
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-console-"))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** The sources of a console of one line. */
  const checkout = (name: string, html = "<p>one</p>") => {
    const source = join(folder, name)
    mkdirSync(join(source, "src"), { recursive: true })
    writeFileSync(join(source, "index.html"), html)
    writeFileSync(
      join(source, "vite.config.ts"),
      "export default { root: import.meta.dirname, build: { emptyOutDir: true } }\n"
    )
    return { source, dist: join(source, "dist") }
  }

  const ended = (stateNow: () => BuildState): Promise<BuildState> =>
    vi.waitUntil(
      () => {
        const state = stateNow()
        return state.is === "building" ? undefined : state
      },
      { timeout: 60_000 }
    )

  it("builds once, and again when a source has changed since", async () => {
    const home = checkout("changing")
    const stateNow = makeConsoleBuild(home)
    assert.deepEqual(stateNow(), { is: "building" })
    assert.deepEqual(await ended(stateNow), { is: "ready" })
    assert.include(readFileSync(join(home.dist, "index.html"), "utf8"), "one")
    assert.deepEqual(makeConsoleBuild(home)(), { is: "ready" })

    const page = join(home.source, "index.html")
    writeFileSync(page, "<p>two</p>")
    // What was built is older, however coarse the file system's clock is.
    utimesSync(join(home.dist, "index.html"), 1, 1)
    assert.deepEqual(await ended(stateNow), { is: "ready" })
    assert.include(readFileSync(join(home.dist, "index.html"), "utf8"), "two")
  })

  it("is done by several platforms at once, and none is in another's way", async () => {
    const home = checkout("shared")
    const platforms = Array.from({ length: 4 }, () => makeConsoleBuild(home))
    for (const stateNow of platforms) assert.deepEqual(stateNow(), { is: "building" })
    for (const stateNow of platforms) assert.deepEqual(await ended(stateNow), { is: "ready" })
    assert.include(readFileSync(join(home.dist, "index.html"), "utf8"), "one")
    assert.deepEqual(readdirSync(`${home.dist}.new`), [])
  })

  it("tells what the bundler said, and tries again when the sources are others", async () => {
    const home = checkout("broken", `<script type="module" src="/src/main.js"></script>`)
    writeFileSync(join(home.source, "src/main.js"), "const = 1")
    const stateNow = makeConsoleBuild(home)
    const failed = await ended(stateNow)
    assert.strictEqual(failed.is, "failed")
    assert.include(failed.is === "failed" ? failed.text : "", "main.js")
    assert.deepEqual(stateNow(), failed)

    writeFileSync(join(home.source, "src/main.js"), "console.log(1)")
    assert.deepEqual(await ended(stateNow), { is: "ready" })
  })

  it("takes the place of what stood there, and of what a killed platform left", async () => {
    const home = checkout("left")
    mkdirSync(join(home.dist, "assets"), { recursive: true })
    const left = join(`${home.dist}.new`, "1-left")
    mkdirSync(left, { recursive: true })
    utimesSync(left, 1, 1)
    assert.deepEqual(await ended(makeConsoleBuild(home)), { is: "ready" })
    assert.deepEqual(readdirSync(home.dist), ["index.html"])
    assert.deepEqual(readdirSync(`${home.dist}.new`), [])
  })
})
