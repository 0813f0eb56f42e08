import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { command, root, temporaryFolder, until } from "../input/program.ts"
import { badFixture, failingFixture, goodFixture, shopModule } from "./shop.ts"

// `millrace test` as an author runs it.

const home = temporaryFolder()
const children: ChildProcess[] = []
const main = join(root, "runtime/src/main/main.ts")
afterAll(() => {
  for (const child of children) child.kill("SIGKILL")
  home.remove()
})

/** A project of these files, and `millrace test` in it. */
const project = (name: string, files: { readonly [path: string]: string }) => {
  const folder = join(home.path, name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return {
    test: (...args: readonly string[]) => command(["test", ...args], { cwd: folder }),
    read: (path: string) => readFileSync(join(folder, path), "utf8"),
    write: (path: string, text: string) => writeFileSync(join(folder, path), text),
    start: (...args: readonly string[]) => startTest(folder, args)
  }
}

/** `millrace test` that goes on, and what it says run by run. */
const startTest = (folder: string, args: readonly string[]) => {
  const child = spawn(process.execPath, ["--no-node-snapshot", main, "test", ...args], { cwd: folder })
  children.push(child)
  const ended = new Promise<number | null>((done) => child.on("close", done))
  let [output, waited, said] = ["", 0, ""]
  child.stdout.on("data", (data: Buffer) => (output += data.toString("utf8")))
  child.stderr.on("data", (data: Buffer) => (said += data.toString("utf8")))
  let read = 0
  return {
    next: async (): Promise<object> => {
      const lines = await until(
        () => output.split("\n").slice(0, -1),
        (all) => all.length > read
      )
      return JSON.parse(lines[read++] ?? "")
    },
    isWaiting: async () => {
      waited += 1
      await until(
        () => said.split("Waiting for changes").length,
        (parts) => parts > waited
      )
    },
    interrupt: () => {
      child.kill("SIGINT")
      return ended
    }
  }
}

/** Without what a clock says. */
const timeless = (text: string): string => text.replaceAll(/[\d.]+ s$/gm, "… s")

describe("millrace test", () => {
  it("runs every fixture below the paths but those of packages, and sums up", async () => {
    const { test } = project("good", {
      "src/index.ts": shopModule,
      "src/index.fixture.yaml": goodFixture,
      "src/more/sizes.fixture.json": JSON.stringify({
        module: "../index.ts",
        cases: [
          {
            name: "one",
            plugin: "sized",
            input: [{ id: "z", amount: 5 }],
            expect: { output: [{ id: "z", size: "small" }] }
          }
        ]
      }),
      "node_modules/other/index.fixture.yaml": badFixture
    })
    const { exit, stderr, stdout } = await test()
    assert.strictEqual(
      timeless(stdout),
      [
        "✓ sized › large from a hundred on src/index.fixture.yaml:4",
        "✓ sized › what is negative is set aside src/index.fixture.yaml:12",
        "✓ sized › one src/more/sizes.fixture.json:1",
        "3 passed in 2 files, … s\n"
      ].join("\n")
    )
    assert.strictEqual(stderr, "")
    assert.strictEqual(exit, 0)

    const one = await test("src/index.ts", "--filter", "NEGATIVE", "--json")
    assert.strictEqual(one.exit, 0)
    const { cases, counts, files } = JSON.parse(one.stdout)
    assert.deepStrictEqual([counts, files], [{ passed: 1, failed: 0, updated: 0 }, 1])
    assert.deepInclude(cases[0], {
      line: 12,
      name: "what is negative is set aside",
      plugin: "sized",
      status: "passed",
      differences: []
    })

    const none = await test("--filter", "nonsense")
    assert.deepStrictEqual(none.errors, [
      {
        code: "FIXTURE_MISSING",
        message: "no case has this text",
        where: "nonsense",
        remedy: "name a part of a file, case or plugin"
      }
    ])
    assert.strictEqual(none.exit, 65)
  })

  it("says field by field what differs, and which cut; --update then takes it, and keeps the rest", async () => {
    const { read, test } = project("failing", {
      "src/index.ts": shopModule,
      "src/index.fixture.yaml": failingFixture
    })
    const { exit, stderr, stdout } = await test()
    assert.strictEqual(
      timeless(stdout),
      `✗ sized › sizes src/index.fixture.yaml:3
    output[1].size
      expected "tiny"
      actual   "small"
    deadLetters[0]
      expected nothing
      actual   {"input":"input","code":"PLUGIN_FAILED","tag":"Negative","message":"c costs -3","value":{"id":"c","amount":-3}}
    counts.out
      expected 1
      actual   2
✗ forgetful › places src/index.fixture.yaml:14
    cut into single records, each with a fresh memory, it gives something else than in one batch:
    output[1].$value.place
      in one batch 2
      cut up       1
0 passed, 2 failed in 1 file, … s
`
    )
    assert.strictEqual(stderr, "")
    assert.strictEqual(exit, 1)

    const updated = await test("--update")
    assert.strictEqual(updated.exit, 1)
    assert.include(updated.stdout, "0 passed, 1 failed, 1 updated in 1 file")
    const text = failingFixture.replace("{ id: b, size: tiny }", "{ id: b, size: small }").replace(
      "counts: { in: 3, out: 1 }\n",
      `counts: { in: 3, out: 2 }
      deadLetters:
        - { code: PLUGIN_FAILED, tag: Negative, message: c costs -3 }
`
    )
    assert.strictEqual(read("src/index.fixture.yaml"), text)
    const again = await test("--filter", "sizes")
    assert.strictEqual(again.exit, 0, again.stdout)
  })

  it("names each fault of a fixture at its place, and runs the others", async () => {
    const { test } = project("bad", {
      "src/index.ts": shopModule,
      "src/a.fixture.yaml": `module: ./index.ts\n${badFixture}`,
      "src/b.fixture.yaml": `module: ./index.ts\n${badFixture.replace("    inputt: []\n", "")}`,
      "src/c.fixture.yaml": "cases: [\n  { name: broken",
      "src/d.fixture.yaml": "module: ./nowhere.ts\ncases: [{ name: a }]\n",
      "src/index.fixture.yaml": goodFixture
    })
    const { errors, exit, stdout } = await test()
    assert.include(stdout, "2 passed, 4 files could not be run in 5 files")
    assert.deepStrictEqual(
      errors.map(({ code, message, where }) => `${where} ${code} ${message}`),
      [
        "src/a.fixture.yaml:5:5 FIXTURE_INVALID cases[0].inputt: no such key is known here",
        "src/b.fixture.yaml:8:9 FIXTURE_INVALID cases[1].input[1]: the record does not fit shop.orders: at amount: expected a value of type double, got a string",
        "src/c.fixture.yaml:2:17 FIXTURE_SYNTAX Flow map in block collection must be sufficiently indented and end with a }",
        "src/c.fixture.yaml:2:17 FIXTURE_SYNTAX Flow sequence in block collection must be sufficiently indented and end with a ]",
        "src/d.fixture.yaml:1:1 FIXTURE_INVALID module: there is no ./nowhere.ts"
      ]
    )
    assert.strictEqual(exit, 65)
  })

  it("says why a module cannot be bundled, once", async () => {
    const { test } = project("unbundled", {
      "src/index.ts": `import { readFileSync } from "node:fs"\n${shopModule}console.log(readFileSync)\n`,
      "src/index.fixture.yaml": goodFixture,
      "src/index.more.fixture.yaml": goodFixture
    })
    const { errors, exit } = await test("src")
    assert.strictEqual(exit, 65)
    assert.deepStrictEqual(
      errors.map(({ code, where }) => [code, where]),
      [["BUNDLE_BUILTIN", "index.ts:1:30"]]
    )
  })

  it("says that there is nothing to run", async () => {
    const { test } = project("empty", { "src/index.ts": shopModule })
    const nothing = await test()
    assert.deepStrictEqual([nothing.exit, nothing.errors[0]?.code], [65, "FIXTURE_MISSING"])
    const nowhere = await test("lib")
    assert.deepStrictEqual([nowhere.exit, nowhere.errors[0]?.code], [65, "FIXTURE_UNREADABLE"])
  })

  it("finds what generated records bring out, as a case to paste", async () => {
    const { test } = project("generated", {
      "src/index.ts": shopModule.replace(
        "if (amount < 0)",
        "if (id === '') throw new Error('no id')\n    if (amount < 0)"
      ),
      "src/index.fixture.yaml": goodFixture
    })
    const { exit, stdout } = await test("--runs", "20", "--seed", "1")
    assert.include(stdout, "✗ sized › 20 batches of generated records src/index.fixture.yaml:4\n")
    assert.include(
      stdout,
      `    for a fixture:
      - name: found by generated records
        plugin: sized
        input:
          - id: ""
            amount: 0
`
    )
    assert.include(stdout, "2 passed, 1 failed in 1 file")
    assert.strictEqual(exit, 1)
    const none = await test("--runs", "0")
    assert.strictEqual(none.exit, 0)
  })

  it("watches: runs again what a change touches", async () => {
    const { start, write } = project("watched", {
      "src/index.ts": shopModule,
      "src/index.fixture.yaml": goodFixture,
      "src/other.ts": shopModule,
      "src/other.fixture.yaml": goodFixture
    })
    const watching = start("--watch", "--json")
    assert.deepInclude(await watching.next(), { files: 2, counts: { passed: 4, failed: 0, updated: 0 } })
    await watching.isWaiting()
    write("src/index.ts", shopModule.replace("amount < 100", "amount <= 100"))
    assert.deepInclude(await watching.next(), { files: 1, counts: { passed: 1, failed: 1, updated: 0 } })
    await watching.isWaiting()
    write("src/index.fixture.yaml", goodFixture.replace("amount: 100", "amount: 101"))
    assert.deepInclude(await watching.next(), { files: 1, counts: { passed: 2, failed: 0, updated: 0 } })
    assert.strictEqual(await watching.interrupt(), 130)
  })
})
