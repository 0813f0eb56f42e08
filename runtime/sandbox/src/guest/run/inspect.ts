import { failureJson, toFailure } from "../data/failures.ts"
import { ReflectApply, TypeErrorOf } from "../realm/primordials.ts"
import { openBundle } from "./node-guest.ts"

/** `manifest()` or `derive()` of the bundle: "=" and the text, or a failure. */
export function inspect(plugin: string, requestJson: string, isDerive: boolean): string {
  try {
    const bundle = openBundle()
    const text = isDerive
      ? ReflectApply(bundle.derive, bundle.self, [plugin, requestJson])
      : ReflectApply(bundle.manifest, bundle.self, [])
    if (typeof text !== "string") throw new TypeErrorOf("the bundle did not answer text")
    return "=" + text
  } catch (error) {
    return failureJson(toFailure(error, "PLUGIN_FAILED"), -1, false)
  }
}
