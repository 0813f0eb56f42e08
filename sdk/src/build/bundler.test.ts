import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import type { BundleError } from "./build-error.ts"
import type { Bundle } from "./bundle.ts"
import { openBundler } from "./bundler.ts"

/** Runs in a folder outside any project: the SDK that ships with the bundler is found. */
const withBundler = (
  run: (write: (text: string) => Effect.Effect<Bundle, BundleError>) => Effect.Effect<void, unknown>
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-bundler-"))
  const entry = join(folder, "plugin.ts")
  return Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(openBundler({ entry }), ({ rebuild }) =>
        run((text) =>
          Effect.andThen(
            Effect.sync(() => writeFileSync(entry, text)),
            rebuild
          )
        )
      )
    )
  ).finally(() => rmSync(folder, { recursive: true }))
}

const plugin = (body: string): string => `
import { Contract, defineProcessor, Schema } from "@millrace/sdk"
class A extends Contract<A>()({ subject: "t.a", schema: Schema.Struct({ a: Schema.Int }) }) {}
export const p = defineProcessor({ name: "p", input: A, output: A, ${body} })
`

const manifestOf = (code: string): string =>
  runInNewContext(`${code}; __millrace_bundle.manifest()`, { TextEncoder, TextDecoder, URL })

describe("an incremental bundler", () => {
  it("bundles what the file holds at each rebuild, and lists the author's files alone", () =>
    withBundler((write) =>
      Effect.gen(function* () {
        const first = yield* write(plugin("filter: () => true"))
        assert.include(manifestOf(first.code), '"form":"filter"')
        assert.deepStrictEqual(
          first.files.map((file) => file.replace(/^.*\//, "")),
          ["plugin.ts"]
        )
        const second = yield* write(plugin("map: (a) => A.make({ a: a.a + 1 })"))
        assert.include(manifestOf(second.code), '"form":"map"')
        assert.deepStrictEqual(JSON.parse(second.sourceMap).sources.includes("plugin.ts"), true)
      })
    ))

  it("takes in a module of Effect that an edit imports, as one with the rest", () =>
    withBundler((write) =>
      Effect.gen(function* () {
        yield* write(plugin("filter: () => true"))
        const text = plugin("filter: () => Option.isSome(Option.some(Schema.isSchema(A)))")
        const { code } = yield* write(`import { Option } from "effect"${text}`)
        assert.include(manifestOf(code), '"form":"filter"')
      })
    ))

  it("finds Schema in the SDK's own namespace too", () =>
    withBundler((write) =>
      Effect.gen(function* () {
        yield* write(plugin("filter: () => true"))
        const text = plugin("filter: () => true").replace("defineProcessor, Schema }", "defineProcessor }")
        const { code } = yield* write(
          `import * as sdk from "@millrace/sdk"${text.replaceAll("Schema.", "sdk.Schema.")}`
        )
        assert.include(manifestOf(code), '"form":"filter"')
      })
    ))

  it("says what is wrong at its line, and goes on when it is mended", () =>
    withBundler((write) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(
          write(`import { b } from "./nowhere.ts"${plugin("filter: () => b")}`)
        )
        assert.deepInclude(error.offences[0], { code: "UNRESOLVED", file: "plugin.ts", line: 1 })
        const broken = yield* Effect.flip(write(plugin("filter: () => {")))
        assert.deepInclude(broken.offences[0], { code: "SYNTAX", file: "plugin.ts", line: 4 })
        assert.include(manifestOf((yield* write(plugin("filter: () => true"))).code), '"p"')
      })
    ))
})
