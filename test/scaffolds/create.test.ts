import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { temporaryFolder, until } from "../input/program.ts"
import { create, createBin, withTools } from "./create.ts"

const folder = temporaryFolder()
afterAll(folder.remove)

const quick = ["--no-install", "--no-git", "--yes"]
const version = `[ "$1" = --version ] && echo 1.0.0 && exit 0`

/** An empty folder of a test's own. */
const empty = (name: string): string => {
  const path = join(folder.path, name)
  mkdirSync(path)
  return path
}

describe("npm create processor", () => {
  it("prints help with examples", async () => {
    const { exit, stdout } = await create(folder.path, ["--help"])
    assert.strictEqual(exit, 0)
    assert.include(stdout, "EXAMPLES")
    for (const template of ["processor", "open", "keyed", "source", "sink", "function"])
      assert.include(stdout, template)
  })

  it("answers one line of JSON", async () => {
    const home = empty("json")
    const { exit, stdout } = await create(home, ["risk", "--scope", "acme", "--json", ...quick])
    assert.strictEqual(exit, 0)
    const made = JSON.parse(stdout)
    assert.strictEqual(made.package, "@acme/risk")
    assert.strictEqual(made.folder, join(home, "risk"))
    assert.isAtMost(made.files.length, 9)
    for (const path of made.files) assert.isTrue(existsSync(join(home, "risk", path)), path)
  })

  it("takes scope and folder from the name", async () => {
    const home = empty("scoped")
    const { stdout } = await create(home, ["@acme/visits", "--json", ...quick])
    assert.strictEqual(JSON.parse(stdout).package, "@acme/visits")
    assert.deepStrictEqual(readdirSync(home), ["visits"])
  })

  it("leaves no placeholder in any file", async () => {
    const home = empty("filled")
    const { stdout } = await create(home, ["delete", "--json", ...quick])
    for (const path of JSON.parse(stdout).files)
      assert.notMatch(readFileSync(join(home, "delete", path), "utf8"), /__[A-Z]+__/, path)
  })

  const wrong: readonly (readonly [args: readonly string[], code: string, exit: number])[] = [
    [["a", "b"], "USAGE", 64],
    [["risk", "--template", "nonsense"], "USAGE", 64],
    [["risk", "--nonsense"], "USAGE", 64],
    [["risk", "--pm", "nonsense"], "USAGE", 64],
    [[], "NAME_MISSING", 64],
    [["Risk"], "NAME_UNFIT", 65],
    [["r"], "NAME_UNFIT", 65],
    [["r".repeat(59)], "NAME_UNFIT", 65],
    [["risk", "--scope", "A"], "SCOPE_UNFIT", 65],
    [["."], "NAME_UNFIT", 65],
    [["../x/.."], "NAME_UNFIT", 65]
  ]
  for (const [args, code, exit] of wrong)
    it(`refuses ${JSON.stringify(args)} with ${code} and makes nothing`, async () => {
      const home = empty(`wrong-${wrong.findIndex((each) => each[0] === args)}`)
      const answer = await create(home, [...args, ...quick])
      assert.strictEqual(answer.exit, exit, answer.stderr)
      assert.include(answer.stderr, `error ${code}: `)
      assert.include(answer.stderr, "remedy: ")
      assert.strictEqual(answer.stdout, "")
      assert.deepStrictEqual(readdirSync(home), [])
    })

  it("overwrites nothing: neither a folder that holds something nor a file", async () => {
    const home = empty("taken")
    mkdirSync(join(home, "risk"))
    writeFileSync(join(home, "risk/notes.txt"), "mine")
    writeFileSync(join(home, "visits"), "mine")
    for (const name of ["risk", "visits"]) {
      const { exit, stderr } = await create(home, [name, ...quick])
      assert.strictEqual(exit, 65)
      assert.include(stderr, "FOLDER_IN_USE")
    }
    assert.strictEqual(readFileSync(join(home, "risk/notes.txt"), "utf8"), "mine")
    assert.strictEqual(readFileSync(join(home, "visits"), "utf8"), "mine")
    assert.deepStrictEqual(readdirSync(home).toSorted(), ["risk", "visits"])
  })

  it("takes an empty folder", async () => {
    const home = empty("free")
    mkdirSync(join(home, "risk"))
    assert.strictEqual((await create(home, ["risk", ...quick])).exit, 0)
    assert.deepStrictEqual(readdirSync(home), ["risk"])
  })

  it("names a missing tool before it writes anything", async () => {
    const home = empty("toolless")
    const tools = withTools(join(folder.path, "no-tools"), {})
    const { exit, stderr } = await create(home, ["risk", "--yes", "--pm", "yarn"], tools)
    assert.strictEqual(exit, 69)
    assert.include(stderr, "TOOL_MISSING: yarn")
    assert.deepStrictEqual(readdirSync(home), [])
  })

  it("goes without git where there is none", async () => {
    const home = empty("gitless")
    const tools = withTools(join(folder.path, "only-npm"), { npm: `${version}\nexit 0` })
    const { exit, stdout } = await create(home, ["risk", "--json"], tools)
    assert.strictEqual(exit, 0)
    assert.isFalse(JSON.parse(stdout).git)
  })

  it("leaves nothing when the installation fails, also of the folders above", async () => {
    const home = empty("failing")
    const tools = withTools(join(folder.path, "broken-npm"), {
      npm: `${version}\necho "npm error 403 Forbidden" >&2\nexit 1`
    })
    const { exit, stderr } = await create(home, ["team/plugins/risk", "--yes"], tools)
    assert.strictEqual(exit, 69)
    assert.include(stderr, "INSTALL_FAILED")
    assert.include(stderr, "403 Forbidden")
    assert.deepStrictEqual(readdirSync(home), [])
  })

  it("says so when the registry cannot be reached", async () => {
    const home = empty("offline")
    const tools = withTools(join(folder.path, "offline-npm"), {
      npm: `${version}\necho "npm error code ENOTFOUND" >&2\nexit 1`
    })
    const { exit, stderr } = await create(home, ["risk", "--yes"], tools)
    assert.strictEqual(exit, 69)
    assert.include(stderr, "OFFLINE")
    assert.include(stderr, "--no-install")
    assert.deepStrictEqual(readdirSync(home), [])
  })

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const)
    it(`ends with ${code} and leaves nothing when ${signal} comes while packages are installed`, async () => {
      const home = empty(`ended-by-${signal}`)
      const begun = join(folder.path, `begun-${signal}`)
      const tools = withTools(join(folder.path, `slow-npm-${signal}`), {
        npm: `${version}\nmkdir node_modules\n: > "${begun}"\nexec "${process.execPath}" -e "setInterval(() => {}, 1000)"`
      })
      const child = spawn(process.execPath, [createBin, "risk", "--yes"], {
        cwd: home,
        env: { ...tools, PATH: `${tools["PATH"]}:/usr/bin:/bin` },
        stdio: "ignore"
      })
      await until(
        () => existsSync(begun),
        (isThere) => isThere
      )
      assert.lengthOf(readdirSync(home), 1)
      child.kill(signal)
      assert.deepStrictEqual(await once(child, "exit"), [code, null])
      assert.deepStrictEqual(readdirSync(home), [])
    })
})
