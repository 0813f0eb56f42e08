import { valueAt } from "../../manifest/json-pointer.ts"
import type { PluginManifest } from "../../manifest/manifest.ts"
import type { ReadyCase } from "../fixture/run-case.ts"

/** The fields that an input's records are keyed by, as far as the manifest and the case say it. */
export const keyFields = (
  { case: given, manifest }: ReadyCase,
  { contract, name }: PluginManifest["inputs"][number]
): readonly string[] => {
  const asked = manifest.keyBy.find(({ input }) => input === name)
  if (asked !== undefined)
    return asked.fields.flatMap((from) => {
      const field: unknown = "field" in from ? from.field : valueAt(given.config, from.config)
      if (typeof field === "string") return [field]
      return Array.isArray(field) ? field.filter((each) => typeof each === "string") : []
    })
  return given.key ?? (contract.form === "closed" ? contract.key : [])
}
