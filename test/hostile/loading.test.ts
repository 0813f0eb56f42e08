import { bundlePlugins } from "@millrace/sdk/build"
import { SandboxPool } from "@millrace/sandbox"
import type { SandboxPoolOptions, SandboxPoolShape, SegmentError } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { bundleOf, calmBundle } from "./hostile-plugin.ts"

const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).pathname

function withPool<A, E>(
  run: (pool: SandboxPoolShape) => Effect.Effect<A, E>,
  options: SandboxPoolOptions = { inspection: { deadlineMs: 500, memoryMiB: 32 } }
): Promise<A> {
  return Effect.runPromise(Effect.flatMap(SandboxPool, run).pipe(Effect.provide(SandboxPool.layer(options))))
}

/** The error of a bundle's inspection; another bundle is read beside it, and after it. */
function inspected(bundle: string, ask: "manifest" | "derive" = "manifest"): Promise<SegmentError> {
  return withPool((pool) =>
    Effect.gen(function* () {
      const read = ask === "manifest" ? pool.manifest(bundle) : pool.derive(bundle, "plugin", "{}")
      const [error] = yield* Effect.all([Effect.flip(read), pool.manifest(calmBundle)], {
        concurrency: "unbounded"
      })
      assert.strictEqual(yield* pool.manifest(calmBundle), "[]")
      return error
    })
  )
}

const manifestOf = (body: string): string =>
  `var __millrace_bundle = { abi: 1, manifest() { ${body} }, derive() { ${body} }, open() {} }`

const cases: readonly (readonly [title: string, bundle: string, codes: readonly string[]])[] = [
  ["a loop at the top of its module", `for (;;); ${calmBundle}`, ["DEADLINE_EXCEEDED"]],
  [
    "a sparse search at the top of its module",
    `{ const a = []; a.length = 2 ** 32 - 1; a.indexOf(1) } ${calmBundle}`,
    ["DEADLINE_EXCEEDED"]
  ],
  [
    "a set that grows at the top of its module",
    `{ const s = new Set(); for (let i = 0; ; i++) s.add("k" + i) }`,
    ["MEMORY_EXCEEDED", "DEADLINE_EXCEEDED"]
  ],
  ["a thrown proxy", `throw new Proxy({}, { get() { for (;;); } })`, ["DEADLINE_EXCEEDED"]],
  ["what is not JavaScript", "}{", ["BUNDLE_FAILED"]],
  ["no bundle in it", "1", ["BUNDLE_FAILED"]],
  ["another guest ABI", `var __millrace_bundle = { abi: 99, manifest() { return "[]" } }`, ["BUNDLE_FAILED"]],
  ["a manifest that never ends", manifestOf("for (;;);"), ["DEADLINE_EXCEEDED"]],
  ["a manifest that is no text", manifestOf("return {}"), ["BUNDLE_FAILED"]],
  [
    "a manifest of 16 MB",
    manifestOf(`return "[" + " ".repeat(2 ** 24) + "]"`),
    ["BUNDLE_FAILED", "SANDBOX_KILLED"]
  ],
  [
    "a manifest whose text has a hostile prototype",
    manifestOf(`return Object.assign(() => 0, { toString() { for (;;); } })`),
    ["BUNDLE_FAILED"]
  ],
  ["a module that it requires", `require("fs"); ${calmBundle}`, ["BUNDLE_FAILED"]],
  ["the process's bindings", `process.binding("fs"); ${calmBundle}`, ["BUNDLE_FAILED"]],
  [
    "a request to the host before any record",
    bundleOf("0").replace('manifest: () => "[]"', "manifest: () => host.request()"),
    ["BUNDLE_FAILED"]
  ]
]

describe("a bundle that is hostile when it is read", () => {
  for (const [title, bundle, codes] of cases) {
    it(`is refused for ${title}, while another is read`, async () => {
      assert.include(codes, (await inspected(bundle)).code)
    })
  }

  it("is refused for deriving its contract without end", async () => {
    assert.strictEqual((await inspected(manifestOf("for (;;);"), "derive")).code, "DEADLINE_EXCEEDED")
  })

  it("tells no path of the machine", async () => {
    const { message } = await inspected(`throw new Error("in /srv/app/secret/driver.js")`)
    assert.notInclude(message, "/srv/app")
  })

  it("is not bundled when it wants native code or the host's modules", async () => {
    const error = await Effect.runPromise(Effect.flip(bundlePlugins({ entry: fixture("broken/native.ts") })))
    const text = JSON.stringify(error.offences)
    assert.include(text, "node:fs")
    assert.include(text, "addon.node")
    assert.isTrue(error.offences.every(({ remedy }) => remedy !== ""))
  })

  it("finds no process when its own build is read", async () => {
    const { code } = await Effect.runPromise(bundlePlugins({ entry: fixture("binding.ts") }))
    const { code: refused, message } = await inspected(code)
    assert.strictEqual(refused, "BUNDLE_FAILED")
    assert.include(message, "there is no process")
  })
})
