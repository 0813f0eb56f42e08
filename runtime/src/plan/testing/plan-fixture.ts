import { PluginManifest } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import semver from "semver"
import { integrityOf } from "../resolution/digest.ts"
import { bundleOf, inEuros, packages } from "./packages-fixture.ts"
import {
  catalogueOf,
  makePlan,
  PackageUnavailable,
  type Plan,
  type PlanDependencies,
  type PlanRequest
} from "../index.ts"

/** A registry and a sandbox made by hand, for tests of the planner. */

const resolvePackage: PlanDependencies["resolvePackage"] = ({ name, range, locked }) => {
  const published = packages.filter((one) => one.name === name)
  const versions = published.map((one) => one.version)
  const fail = (
    reason: "unknownPackage" | "unknownVersion" | "lockMismatch",
    candidates: readonly string[]
  ) => Effect.fail(new PackageUnavailable({ reason, message: `${name}@${range}: ${reason}`, candidates }))
  if (published.length === 0) return fail("unknownPackage", [...new Set(packages.map((one) => one.name))])
  const version = locked?.version ?? semver.maxSatisfying(versions, range)
  const manifest = published.find((one) => one.version === version)
  if (manifest === undefined) return fail("unknownVersion", versions)
  const integrity = integrityOf(`archive of ${name}@${manifest.version}`)
  if (locked !== undefined && locked.integrity !== integrity) return fail("lockMismatch", [])
  return Effect.succeed({
    version: manifest.version,
    integrity,
    manifest,
    bundle: bundleOf(`${name}@${manifest.version}`)
  })
}

const Asked = Schema.fromJsonString(
  Schema.Struct({
    config: Schema.Record(Schema.String, Schema.Unknown),
    inputs: Schema.Record(
      Schema.String,
      Schema.Struct({
        schema: Schema.Struct({
          type: Schema.Literal("record"),
          name: Schema.String,
          fields: Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.Unknown }))
        })
      })
    )
  })
)

/** What the guests of these packages would answer: `project` keeps the fields in `keep`, the sink takes whole records. */
const derive: PlanDependencies["derive"] = (_bundle, name, requestJson) =>
  Effect.gen(function* () {
    const { config: asked, inputs } = yield* Effect.orDie(Schema.decodeUnknownEffect(Asked)(requestJson))
    if (name !== "project") return JSON.stringify({ ok: { reads: { input: "*" }, output: "none" } })
    const { fields, ...record } = inputs["input"]!.schema
    const keep = Array.isArray(asked["keep"]) ? asked["keep"] : []
    const missing = keep.findIndex((one) => fields.every((candidate) => candidate.name !== one))
    if (missing !== -1) {
      const message = `there is no field ${String(keep[missing])}`
      return JSON.stringify({ error: { path: `/keep/${missing}`, message } })
    }
    const kept = fields.filter((candidate) => keep.includes(candidate.name))
    const copies = Object.fromEntries(kept.map((one) => [one.name, one.name]))
    return JSON.stringify({ ok: { output: { ...record, fields: kept }, copies } })
  })

/** The dependencies of a platform on which these plans are applied. */
export const dependenciesWith = (applied: readonly Plan[]): PlanDependencies => {
  const catalogue = catalogueOf(applied)
  return {
    resolvePackage,
    readManifest: (bundle) =>
      bundle === bundleOf("in-euros")
        ? Effect.succeed(JSON.stringify([Schema.encodeSync(PluginManifest)(inEuros)]))
        : Effect.fail({ code: "BUNDLE_FAILED", message: "the bundle does not load" }),
    derive,
    topic: (name) => Effect.succeed(catalogue.topic(name)),
    streams: Effect.succeed(catalogue.streams)
  }
}

export const requestOf = (pipeline: string, more: Partial<PlanRequest> = {}): PlanRequest => ({
  text: pipeline,
  vars: {},
  baseFolder: "/project",
  modules: { "./in-euros.ts": { bundle: bundleOf("in-euros") }, "./broken.ts": { bundle: "broken" } },
  lock: undefined,
  upgrade: false,
  grants: [],
  ...more
})

/** The plan, or a test failure with every problem. */
export const planned = (
  pipeline: string,
  applied: readonly Plan[] = [],
  more: Partial<PlanRequest> = {}
): Plan => Effect.runSync(makePlan(requestOf(pipeline, more), dependenciesWith(applied)).pipe(Effect.orDie))

/** `CODE line:column path`, one per problem. */
export const problemsOf = (
  pipeline: string,
  applied: readonly Plan[] = [],
  more: Partial<PlanRequest> = {}
): readonly string[] => {
  const made = Effect.runSync(Effect.result(makePlan(requestOf(pipeline, more), dependenciesWith(applied))))
  if (made._tag === "Success") return []
  return made.failure.problems.map(({ code, line, column, path }) => `${code} ${line}:${column} ${path}`)
}
