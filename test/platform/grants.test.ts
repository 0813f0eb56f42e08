import { mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"

// Deny by default, through the front door: nothing runs with a permission that no operator granted, or that one took back.

const folder = temporaryFolder()
const file = join(folder.path, "lines.pipeline.yaml")
const plugin = relative(folder.path, join(root, "test/platform/fixtures/lines.ts"))
let platform: Platform

interface Shown {
  readonly state: string
  readonly tasks: readonly { readonly error?: { readonly code: string } }[]
}

const status = async (): Promise<Shown> =>
  JSON.parse((await platform.command("status", "lines", "--json")).stdout)
const reach = (state: string): Promise<Shown> => until(status, (shown) => shown.state === state)

beforeAll(async () => {
  mkdirSync(join(folder.path, "in"))
  writeFileSync(join(folder.path, "in/a.txt"), "one\ntwo\n")
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

describe("permissions", () => {
  it("are shown by plan with the path that will be read", async () => {
    const { stdout } = await platform.command("plan", file)
    assert.match(stdout, /asked .*lines.*read files below .*in\/a\.txt/)
  })

  it("are not given without a word of the operator", async () => {
    const { errors, exit } = await platform.command("apply", file)
    assert.strictEqual(exit, 77)
    assert.strictEqual(errors[0]?.code, "GRANT_NEEDED")
    assert.strictEqual((await platform.get("/api/status/lines")).status, 404)
  })

  it("are kept with who gave them", async () => {
    assert.strictEqual((await platform.command("apply", file, "--grant")).exit, 0)
    await reach("completed")
    const { body } = await platform.get("/api/pipelines/lines/grants")
    const [grant] = grantsIn(body)
    assert.strictEqual(grant?.grantedBy, "local")
    assert.strictEqual(grant?.node, "lines")
  })

  it("stop what they allowed when they are taken back, also after a restart", async () => {
    const [grant] = grantsIn((await platform.get("/api/pipelines/lines/grants")).body)
    assert.strictEqual(
      (await platform.send("DELETE", `/api/pipelines/lines/grants/${grant?.id}`, undefined)).status,
      204
    )
    const stopped = await reach("failed")
    assert.strictEqual(stopped.tasks[0]?.error?.code, "PERMISSION_NOT_GRANTED")
    await platform.stop()
    platform = await up({ data: join(folder.path, "data") })
    assert.strictEqual((await reach("failed")).tasks[0]?.error?.code, "PERMISSION_NOT_GRANTED")
  })

  it("let it go on when they are given again", async () => {
    assert.strictEqual((await platform.command("apply", file, "--grant")).exit, 0)
    await reach("completed")
  })
})

interface Grant {
  readonly id: number
  readonly node: string
  readonly grantedBy: string
}

const isGrant = (value: unknown): value is Grant =>
  typeof value === "object" && value !== null && "id" in value && "grantedBy" in value

const grantsIn = (body: unknown): readonly Grant[] =>
  typeof body === "object" && body !== null && "grants" in body && Array.isArray(body.grants)
    ? body.grants.filter(isGrant)
    : []
