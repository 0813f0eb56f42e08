import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { apply, at, idsOn, isObject, orderIds, planRequest, statusOf, untilState } from "./pipelines.ts"
import { ordersFolder, temporaryFolder, up } from "./program.ts"
import type { Platform } from "./program.ts"

const folder = temporaryFolder()
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data"), publish: [ordersFolder] })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const head = `pipeline: shop
nodes:
  source: { source: "@demo/orders@^1", with: { count: 10 } }
`
const withNode = (node: string) => `${head}  node: ${node}\n`

/** Code, line and place of each problem; every one has a remedy. */
const problemsOf = async (text: string): Promise<readonly string[]> => {
  const answer = await platform.send("POST", "/api/plan", planRequest(text))
  const problems = at(answer, "problems")
  if (!Array.isArray(problems)) throw new Error(`no problems: ${JSON.stringify(answer.body)}`)
  return problems.map((problem: unknown) => {
    if (!isObject(problem)) throw new Error("a problem is an object")
    assert.isString(problem["remedy"])
    assert.match(String(problem["remedy"]), /[.?]$/)
    assert.isAbove(String(problem["message"]).length, 10)
    return `${String(problem["code"])} ${String(problem["line"])} ${String(problem["path"])}`
  })
}

const faults: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "an unknown package",
    withNode(`{ use: "@demo/ordrs#passes@^1", from: source }`),
    ["UNKNOWN_PACKAGE 4 nodes.node.use"]
  ],
  [
    "an unknown plugin",
    withNode(`{ use: "@demo/orders#pases@^1", from: source }`),
    ["UNKNOWN_PLUGIN 4 nodes.node.use"]
  ],
  [
    "an unknown version",
    withNode(`{ use: "@demo/orders#passes@^7", from: source }`),
    ["UNKNOWN_VERSION 4 nodes.node.use"]
  ],
  [
    "a plugin by path that is not there",
    withNode(`{ use: "./nowhere.ts", from: source }`),
    ["MODULE_MISSING 4 nodes.node.use"]
  ],
  [
    "an unknown config key",
    withNode(`{ use: "@demo/orders#where", from: source, with: { where: "amount > 1", wher: x } }`),
    ["UNKNOWN_CONFIG_KEY 4 nodes.node.with.wher"]
  ],
  [
    "a config that does not fit",
    withNode(`{ use: "@demo/orders#fails", from: source, with: { ids: [o1, 2] } }`),
    ["CONFIG_INVALID 4 nodes.node.with.ids[1]"]
  ],
  [
    "an unknown key of a node",
    withNode(`{ use: "@demo/orders#passes", form: source }`),
    ["UNKNOWN_KEY 4 nodes.node.form"]
  ],
  [
    "a YAML syntax error",
    `pipeline: shop\nnodes:\n  source: { source: [a }\n`,
    ["PIPELINE_SYNTAX 3 ", "PIPELINE_SYNTAX 3 "]
  ],
  [
    "a cycle",
    `${head}  a: { use: "@demo/orders#passes", from: b }\n  b: { use: "@demo/orders#passes", from: a }\n`,
    ["PIPELINE_CYCLE 4 nodes.a.from"]
  ],
  [
    "two nodes of one name",
    `${head}  source: { source: "@demo/orders@^1", with: { count: 3 } }\n`,
    ["DUPLICATE_NAME 4 nodes.source"]
  ],
  [
    "an unknown node",
    withNode(`{ use: "@demo/orders#passes", from: sauce }`),
    ["UNKNOWN_NODE 4 nodes.node.from"]
  ],
  [
    "two nodes whose schemas do not fit",
    withNode(`{ use: "@demo/orders#spelled", from: source }`),
    ["SCHEMA_MISMATCH 4 nodes.node.from"]
  ],
  [
    "a field that does not come",
    withNode(`{ use: "@demo/orders#discounted", from: source }`),
    ["UNKNOWN_FIELD 4 nodes.node.from"]
  ],
  [
    "an unknown field in an expression",
    withNode(`{ use: "@demo/orders#where", from: source, with: { where: "amont > 1" } }`),
    ["UNKNOWN_FIELD 4 nodes.node.with.where"]
  ],
  [
    "an expression that does not parse",
    withNode(`{ use: "@demo/orders#where", from: source, with: { where: "amount >> 1" } }`),
    ["EXPRESSION_SYNTAX 4 nodes.node.with.where"]
  ],
  [
    "an expression of the wrong type",
    withNode(`{ use: "@demo/orders#where", from: source, with: { where: "amount + 1" } }`),
    ["EXPRESSION_TYPE 4 nodes.node.with.where"]
  ],
  [
    "a variable without a value",
    withNode("{ use: '@demo/orders#where', from: source, with: { where: '${WHERE}' } }"),
    ["VARIABLE_MISSING 4 nodes.node.with.where"]
  ]
]

describe("a pipeline file that is refused", () => {
  it.each(faults)("%s: a code, the line, the place and a remedy", async (_what, text, expected) => {
    assert.deepStrictEqual(await problemsOf(text), expected)
  })

  it("tells every fault at once, at the terminal too, with exit code 65", async () => {
    const file = join(folder.path, "faulty.pipeline.yaml")
    writeFileSync(
      file,
      `${head}  a: { use: "@demo/ordrs#passes", from: source }\n  b: { use: "@demo/orders#passes@^7", from: source }\n`
    )
    for (const name of ["plan", "apply", "run"]) {
      const { errors, exit } = await platform.command(name, file)
      assert.strictEqual(exit, 65)
      assert.deepStrictEqual(
        errors.map(({ code, where }) => [code, where]),
        [
          ["UNKNOWN_PACKAGE", `${file}:4:13 (nodes.a.use)`],
          ["UNKNOWN_VERSION", `${file}:5:13 (nodes.b.use)`]
        ]
      )
      assert.match(errors[0]?.remedy ?? "", /@demo\/orders/)
    }
  })

  it("leaves the running revision alone", async () => {
    const good = withNode(`{ use: "@demo/orders#passes", from: source, stream: shop.out }`)
    await apply(platform, good)
    const before = await untilState(platform, "shop")
    const hash = { hash: before.planHash, grant: true }
    for (const [, text] of faults.slice(0, 4)) {
      const answer = await platform.send("POST", "/api/apply", { ...planRequest(text), ...hash })
      assert.strictEqual(answer.status, 422)
      assert.strictEqual(at(answer, "error", "code"), "PLAN_FAILED")
    }
    assert.deepStrictEqual(await statusOf(platform, "shop"), before)
    assert.deepStrictEqual(await idsOn(platform, "shop.out"), orderIds(10))
  })

  it("is told where a file or a platform is not there", async () => {
    const missing = await platform.command("plan", join(folder.path, "no.pipeline.yaml"))
    assert.deepInclude(missing.errors[0], { code: "FILE_UNREADABLE" })
    assert.strictEqual(missing.exit, 65)
  })
})
