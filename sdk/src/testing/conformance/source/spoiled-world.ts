import * as Effect from "effect/Effect"
import { isBoundedSource } from "../../../manifest/manifest.ts"
import type { FixtureCase } from "../../fixture/fixture-file.ts"
import type { Manner, ReadyCase } from "../../fixture/run-case.ts"
import type { Intercept } from "../../test-host.ts"

/** A source's surroundings, damaged. */
export interface SpoiledWorld {
  readonly what: string
  readonly manner: Manner
  readonly given: FixtureCase
}

const garbage = new TextEncoder().encode('\u0000\u0001{"<')

/** Damages that the case's files and http replies may take. */
export const spoiled = ({ case: given, manifest }: ReadyCase): readonly SpoiledWorld[] => [
  ...(given.files === undefined
    ? []
    : [
        {
          what: "bytes in the middle of each file are damaged",
          manner: {},
          given: withFiles(given, damaged)
        },
        ...(isBoundedSource(manifest, given.config ?? {})
          ? [
              {
                what: "each file breaks off in its last bytes",
                manner: {},
                given: withFiles(given, brokenOff)
              }
            ]
          : [])
      ]),
  ...(given.http === undefined
    ? []
    : [
        { what: "every reply is no JSON", given, manner: { intercept: replying(200, "<html>proxy</html>") } },
        { what: "every reply is 500", given, manner: { intercept: replying(500, '{"error":"oops"}') } }
      ])
]

const withFiles = (given: FixtureCase, change: (bytes: Uint8Array) => Uint8Array): FixtureCase => ({
  ...given,
  files: Object.fromEntries(
    Object.entries(given.files ?? {}).map(([handle, files]) => [
      handle,
      Object.fromEntries(
        Object.entries(files).map(([path, content]) => {
          const bytes =
            typeof content === "string" ? Buffer.from(content, "utf8") : Buffer.from(content.base64, "base64")
          return [path, { base64: Buffer.from(change(bytes)).toString("base64") }]
        })
      )
    ])
  )
})

const damaged = (bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  const middle = Math.floor(copy.length / 2)
  copy.set(garbage.subarray(0, Math.max(0, copy.length - middle)), middle)
  return copy
}

const brokenOff = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.max(0, bytes.length - 4))

/** What is no request by HTTP is answered as ever: a topic's bytes are no reply. */
const replying =
  (status: number, text: string): Intercept =>
  ({ operation }, serve) =>
    operation !== "request"
      ? serve
      : Effect.map(serve, ({ result }) => ({
          result: { ...Object(result), status },
          bytes: new TextEncoder().encode(text)
        }))
