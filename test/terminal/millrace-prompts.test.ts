import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { bin, command, type Platform, root, temporaryFolder, up } from "../input/program.ts"
import { missingTools, terminalTool } from "../tools.ts"
import { answered, assertRestored } from "./answered.ts"
import { atTerminal, colours, keys } from "./terminal.ts"

// What millrace asks as a person meets it: at a terminal, with Ctrl-C and secrets that nobody sees.

const folder = temporaryFolder()
const file = join(folder.path, "lines.pipeline.yaml")
const hidden = "hush-hush-0123456789"
let platform: Platform

const cwd = folder.path
const millrace = (...args: readonly string[]): readonly string[] => [bin, ...args, "--data", platform.data]

describe.skipIf(missingTools().some(({ name }) => name === terminalTool))(
  "questions of millrace at a terminal",
  () => {
    beforeAll(async () => {
      mkdirSync(join(folder.path, "in"))
      writeFileSync(join(folder.path, "in/a.txt"), "one\ntwo\n")
      const plugin = relative(folder.path, join(root, "test/platform/fixtures/lines.ts"))
      writeFileSync(
        file,
        `pipeline: lines\nnodes:\n  lines: { source: "${plugin}#lines", with: { path: in/a.txt }, stream: t.lines }\n`
      )
      platform = await up({ data: join(folder.path, "data") })
    })
    afterAll(async () => {
      await platform.stop()
      folder.remove()
    })

    it("take a secret that is never seen, not even its length", async () => {
      const set = await answered(millrace("secret", "set", "A_TOKEN"), [["A_TOKEN", hidden + keys.enter]], {
        cwd
      })
      assert.strictEqual(set.code, 0, set.text())
      assert.notInclude(set.text(), "hush")
      assert.notInclude(set.text(), "**")
      assert.include(set.text(), "A_TOKEN is set")
      assertRestored(set)
    })

    it("set nothing when they are broken off", async () => {
      const args = millrace("secret", "set", "B_TOKEN")
      const broken = await answered(args, [["B_TOKEN", hidden + keys.interrupt]], { cwd })
      assert.strictEqual(broken.code, 130, broken.text())
      assert.notInclude(broken.text(), "hush")
      assertRestored(broken)
      const { stdout } = await command(["secret", "list", "--data", platform.data])
      assert.include(stdout, "A_TOKEN")
      assert.notInclude(stdout, "B_TOKEN")
    })

    it("take the token of a login, without colours where nobody wants them", async () => {
      const token = readFileSync(join(platform.data, "token"), "utf8").trim()
      const home = join(folder.path, "home")
      mkdirSync(home)
      const env = { NO_COLOR: "1", HOME: home, XDG_CONFIG_HOME: join(home, ".config") }
      const broken = await answered([bin, "login", platform.url], [["Token", token + keys.interrupt]], {
        cwd,
        env
      })
      assert.strictEqual(broken.code, 130, broken.text())
      assert.deepEqual(readdirSync(home), [])
      const done = await answered([bin, "login", platform.url], [["Token", token + keys.enter]], { cwd, env })
      assert.strictEqual(done.code, 0, done.text())
      for (const login of [broken, done]) {
        assert.notInclude(login.text(), token)
        assert.deepEqual(colours(login.raw()), [])
        assertRestored(login)
      }
    })

    it("apply nothing unless the answer is yes", async () => {
      const apply = (pressed: string) =>
        answered(millrace("apply", file), [["Grant this permission", pressed]], { cwd })
      const refused = await apply("n")
      assert.strictEqual(refused.code, 77, refused.text())
      assert.include(refused.text(), "GRANT_NEEDED")
      const byDefault = await apply(keys.enter)
      assert.strictEqual(byDefault.code, 77, byDefault.text())
      const broken = await apply(keys.interrupt)
      assert.strictEqual(broken.code, 130, broken.text())
      assert.strictEqual((await platform.get("/api/status/lines")).status, 404)
      for (const terminal of [refused, byDefault, broken]) assertRestored(terminal)
      const agreed = await apply("y")
      assert.strictEqual(agreed.code, 0, agreed.text())
      assert.include(agreed.text(), "applied as revision 1")
      assertRestored(agreed)
    })

    it("are not asked where a program reads the answer", async () => {
      const url = ["--url", platform.url]
      const args = ["apply", file, "--json", ...url].map((word) => `'${word}'`).join(" ")
      writeFileSync(file, readFileSync(file, "utf8").replace("in/a.txt", "in"))
      const shell = `MILLRACE_TOKEN="$(cat '${platform.data}/token')" '${process.execPath}' '${bin}' ${args}`
      const terminal = atTerminal("sh", ["-c", shell], { cwd })
      try {
        assert.strictEqual(await terminal.exit(), 77, terminal.text())
        assert.strictEqual(JSON.parse(terminal.text()).code, "GRANT_NEEDED")
      } finally {
        terminal.close()
      }
    })
  }
)
