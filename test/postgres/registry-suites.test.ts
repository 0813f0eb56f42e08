import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { root } from "../input/program.ts"
import { startPostgres } from "./server.ts"

describe("the registry's own tests", () => {
  it("pass with every registry in a database of its own", { timeout: 1_200_000 }, async () => {
    await using server = await startPostgres()
    const vitest = join(root, "node_modules/vitest/vitest.mjs")
    const args = ["--no-node-snapshot", vitest, "run", "--reporter=dot", "registry/src"]
    const { MILLRACE_LONG: _, ...environment } = process.env
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...environment, NO_COLOR: "1", MILLRACE_TEST_SERVER: server.url("postgres") },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let said = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text))
    const [code] = await once(child, "exit")
    assert.strictEqual(code, 0, said.slice(-20_000))
  })
})
