import type { AvroType } from "@millrace/sdk/avro"
import type { PluginManifest, ResolvedNode } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import type { PhysicalPlan } from "../../plan/index.ts"
import type { WorkerEnvironment } from "../../worker/worker-environment.ts"
import type { Batch } from "./batches.ts"
import type { FieldUse } from "./findings.ts"
import { fieldsMessage, watchedFields, withVariant } from "./guest-variants.ts"
import { openRig } from "./rig.ts"

/** The fields that each input's codec reads, and those that the body looked at in a batch. */
export const fieldUses = Effect.fn("fieldUses")(function* (
  environment: WorkerEnvironment,
  plan: PhysicalPlan,
  {
    batch,
    manifest,
    resolved
  }: { readonly batch: Batch; readonly manifest: PluginManifest; readonly resolved: ResolvedNode }
) {
  const seen = yield* Effect.option(
    Effect.scoped(
      Effect.gen(function* () {
        const rig = yield* openRig(environment, withVariant(plan, "fields", watchedFields))
        const { result } = yield* rig.run(batch)
        // What fails on watched values but not on plain ones would tell of fewer fields than are used.
        return result.deadLetters.length > 0 ? undefined : fieldsIn(result.logs)
      })
    )
  )
  const used = seen._tag === "Some" ? seen.value : undefined
  return manifest.inputs.map(({ contract, name }): FieldUse => {
    const fields = fieldsRead(resolved, name)
    return {
      input: name,
      form: contract.form,
      read: fields.map((field) => field.name),
      used: used?.get(name) ?? (used === undefined ? undefined : []),
      texts: fields.filter(({ type }) => isText(type)).map((field) => field.name)
    }
  })
})

const fieldsIn = (
  logs: readonly { readonly message: string; readonly fields: string }[]
): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>()
  for (const { fields, message } of logs) {
    if (message !== fieldsMessage) continue
    const told: unknown = JSON.parse(fields)
    if (typeof told !== "object" || told === null || !("input" in told) || !("field" in told)) continue
    const input = String(told.input)
    found.set(input, [...(found.get(input) ?? []), String(told.field)])
  }
  return found
}

const fieldsRead = (
  resolved: ResolvedNode,
  input: string
): readonly { readonly name: string; readonly type: AvroType }[] => {
  const found = resolved.inputs[input]
  if (found === undefined) return []
  const { reads } = found.view
  if (reads.form === "fields") return reads.fields.map(({ as, type }) => ({ name: as, type }))
  return reads.reader.kind === "record" ? reads.reader.fields : []
}

const isText = (type: AvroType): boolean =>
  type.kind === "union" ? type.branches.some(isText) : type.kind === "string"
