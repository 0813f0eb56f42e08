import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { failureOf, withPool } from "../fixture/pool-fixture.ts"
import { bodyBundle, callOf, nodeOf, segmentOf } from "../fixture/segment-fixture.ts"
import { areaBytes, sharedFileBytes } from "../protocol/shared-layout.ts"
import { probeGuards } from "./guards.ts"
import type { SharedPages } from "../protocol/native-module.ts"
import type { GuardName } from "./guards.ts"
import { nativeModule } from "./native-module.ts"
import { SandboxChild } from "./sandbox-child.ts"

/** Runs code in a sandbox process as an escaped guest would; answers what it found out. */
async function escaped(
  code: string,
  disabled: readonly GuardName[] = [],
  pages?: SharedPages
): Promise<string> {
  const preamble = `{ let found; try { found = (() => { ${code} })() } catch (error) { found = error.code ?? error.message } require("fs").writeSync(2, "found:" + found + ";") }`
  const child = new SandboxChild({
    platform: await Effect.runPromise(probeGuards(disabled, 1500, sharedFileBytes)),
    disabled,
    pages,
    preamble
  })
  await Effect.runPromise(child.greeting)
  while (!child.errorText.includes(";")) await new Promise((resolve) => setImmediate(resolve))
  child.kill("closed")
  return /found:([^;]*);/.exec(child.errorText)?.[1] ?? "nothing"
}

/** How a process ends that does this before its first word. */
async function endOf(
  code: string,
  pages?: SharedPages,
  disabled: readonly GuardName[] = []
): Promise<string> {
  const child = new SandboxChild({
    platform: await Effect.runPromise(probeGuards(disabled, 1500, sharedFileBytes)),
    disabled,
    pages,
    preamble: code
  })
  const ended = await Effect.runPromise(Effect.flip(child.greeting))
  return ended.reason
}

const cases: readonly {
  readonly guard: GuardName
  readonly code: string
  readonly held: string
  readonly open: string
}[] = [
  {
    guard: "netns",
    code: `return Object.keys(require("os").networkInterfaces()).length > 0`,
    held: "false",
    open: "true"
  },
  {
    guard: "permission",
    code: `require("fs").readFileSync("/etc/hostname"); return "read"`,
    held: "ERR_ACCESS_DENIED",
    open: "read"
  },
  {
    guard: "permission",
    code: `require("child_process").execFileSync("/bin/true"); return "ran"`,
    held: "ERR_ACCESS_DENIED",
    open: "ran"
  },
  {
    guard: "permission",
    code: `new (require("worker_threads").Worker)("1", { eval: true }); return "ran"`,
    held: "ERR_ACCESS_DENIED",
    open: "ran"
  },
  {
    guard: "environment",
    code: "return process.env.MILLRACE_TEST_SECRET",
    held: "undefined",
    open: "canary"
  },
  {
    guard: "prlimit",
    code: `return process.report.getReport().userLimits.core_file_size_blocks.hard === 0`,
    held: "true",
    open: "false"
  },
  {
    guard: "prlimit",
    code: `require("fs").writeSync(4, Buffer.alloc(8), 0, 8, 300 * 1024 * 1024); return "grown"`,
    held: "EFBIG",
    open: "grown"
  }
]

describe("the guards of a sandbox process", () => {
  for (const { guard, code, held, open } of cases) {
    it(`${guard} holds an escaped guest: ${code}`, async () => {
      process.env["MILLRACE_TEST_SECRET"] = "canary"
      assert.strictEqual(await escaped(code), held)
      assert.strictEqual(await escaped(code, [guard]), open)
    })
  }

  it("leaves memory that the worker reads as it is, whatever an escaped guest does to it", async () => {
    const pages = nativeModule()
    assert.isDefined(pages)
    const cut = (bytes: number) => `require("fs").ftruncateSync(4, ${bytes}); return "done"`
    assert.strictEqual(await escaped(cut(0), [], pages), "EPERM")
    assert.strictEqual(await escaped(cut(2 ** 30), ["prlimit"], pages), "EPERM")
    const beyond = `require("fs").writeSync(4, Buffer.alloc(8), 0, 8, ${sharedFileBytes}); return "grown"`
    assert.strictEqual(await escaped(beyond, ["prlimit"], pages), "EPERM")
  })

  it("drops a process that names what it cannot have written", async () => {
    const done = (more: object) => {
      const text = JSON.stringify({ is: "done", stages: [], sections: [8], ...more })
      return `const t = ${JSON.stringify(text)}; const b = Buffer.alloc(4); b.writeUInt32LE(t.length)
        require("fs").writeSync(3, Buffer.concat([b, Buffer.from(t)]))`
    }
    for (const pages of [undefined, nativeModule()]) {
      assert.strictEqual(await endOf(done({ places: [areaBytes - 7] }), pages), "malformed")
      assert.strictEqual(await endOf(done({ places: [0, 0] }), pages), "malformed")
      assert.strictEqual(await endOf(done({ places: [-2] }), pages), "malformed")
      assert.strictEqual(await endOf(done({}), pages), "malformed")
    }
    assert.strictEqual(await endOf(done({ places: [0] })), "malformed")
  })

  it("drops a process that writes what is no answer", async () => {
    const write = (bytes: string): string => `require("fs").writeSync(3, Buffer.from(${bytes}));`
    assert.strictEqual(await endOf(write("[255, 255, 255, 255, 1, 2]")), "malformed")
    assert.strictEqual(await endOf(write("[0, 0, 0, 0]")), "malformed")
    assert.strictEqual(await endOf(write(`[2, 0, 0, 0, 0x7b, 0x7d]`)), "malformed")
    assert.strictEqual(await endOf(write(`"\\u0004\\0\\0\\0nope"`)), "malformed")
    assert.strictEqual(await endOf(`${write("[9, 0]")} process.exit(0)`), "outside")
    const sections = JSON.stringify({ is: "wait", stage: 0, requests: "[]", sections: [2 ** 31] })
    assert.strictEqual(
      await endOf(
        `const t = ${JSON.stringify(sections)}; const b = Buffer.alloc(4); b.writeUInt32LE(t.length); ${write("[...b, ...Buffer.from(t)]")}`
      ),
      "malformed"
    )
    const deep = `const t = "[".repeat(100) + "]".repeat(100); const b = Buffer.alloc(4); b.writeUInt32LE(t.length); ${write("[...b, ...Buffer.from(t)]")}`
    assert.strictEqual(await endOf(deep), "malformed")
  })

  it("kills a process that outgrows its memory, whatever holds it", async () => {
    const preamble = "globalThis.hoard = Buffer.alloc(300 * 1024 * 1024, 1);"
    const error = await failureOf(
      segmentOf([nodeOf(bodyBundle("filter", "() => true"))]),
      callOf([]),
      undefined,
      { preamble }
    )
    assert.deepInclude(error, {
      code: "BUNDLE_FAILED",
      message: "loading the segment killed its sandbox twice (memory)"
    })
    const spec = segmentOf([nodeOf(bodyBundle("filter", "() => true"))])
    await withPool((pool) => pool.open(spec), { preamble, disableGuards: ["memory"] })
  })

  it("says which guards are in force", async () => {
    const spec = segmentOf([nodeOf(bodyBundle("filter", "() => true"))])
    const [sandbox] = await withPool((pool) => Effect.andThen(pool.open(spec), pool.processes), {
      disableGuards: ["netns"]
    })
    assert.include(sandbox.missingGuards, "netns")
    assert.include(sandbox.guards, "permission")
  })
})
