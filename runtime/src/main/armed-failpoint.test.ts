import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { armedFailpoint } from "./armed-failpoint.ts"

const modulePath = join(import.meta.dirname, "armed-failpoint.ts")

function runArmed(variables: { readonly [name: string]: string }) {
  const program = `
    const { armedFailpoint } = await import(${JSON.stringify(modulePath)})
    const failpoint = armedFailpoint(process.env)
    for (const point of ["after-fetch", "before-commit", "after-commit", "before-commit"]) failpoint(point)
    process.stdout.write("survived")`
  return spawnSync(process.execPath, ["--no-node-snapshot", "--input-type=module", "--eval", program], {
    env: variables,
    encoding: "utf8"
  })
}

describe("armedFailpoint", () => {
  it("arms nothing when the environment says nothing", () => {
    assert.strictEqual(armedFailpoint({}), undefined)
  })

  it("refuses a text that names no point", () => {
    assert.throws(() => armedFailpoint({ FAIL_AT: "after-lunch:1" }), /names no failpoint/)
    assert.throws(() => armedFailpoint({ FAIL_TELL: "before-commit:0" }), /names no failpoint/)
  })

  it("kills the process at the nth pass of its point", () => {
    const run = runArmed({ FAIL_AT: "before-commit:2" })
    assert.strictEqual(run.signal, "SIGKILL")
    assert.strictEqual(run.stdout, "")
  })

  it("does nothing when its point is passed fewer times", () => {
    const run = runArmed({ FAIL_AT: "before-commit:3" })
    assert.strictEqual(run.stdout, "survived")
  })

  it("tells every point from the nth pass on", () => {
    const run = runArmed({ FAIL_TELL: "before-commit:1" })
    assert.strictEqual(
      run.stderr,
      "failpoint before-commit\nfailpoint after-commit\nfailpoint before-commit\n"
    )
  })
})
