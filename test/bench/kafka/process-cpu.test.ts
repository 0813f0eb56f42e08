import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { cpuSecondsOf } from "./process-cpu.ts"

const busy = "while (process.cpuUsage().user < 200_000);"

describe.skipIf(!existsSync("/proc/self/stat"))("the CPU time of a process", () => {
  it("has that of children that have ended", () => {
    const before = cpuSecondsOf(process.pid)
    spawnSync(process.execPath, ["-e", busy])
    assert.isAtLeast(cpuSecondsOf(process.pid) - before, 0.18)
  })

  it("is none for a process that is not there", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""])
    assert.strictEqual(cpuSecondsOf(pid), 0)
  })
})
