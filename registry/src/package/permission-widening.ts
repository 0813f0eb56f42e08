import type { PackageManifest } from "@millrace/sdk/manifest"
import { canonicalJson } from "../canonical-json.ts"

/** `plugin kind …` of every permission, in the order of the manifest. */
const permissionsOf = (manifest: PackageManifest): readonly string[] =>
  manifest.plugins.flatMap(({ name, permissions }) =>
    permissions.map(({ permission }) => `${name}: ${canonicalJson(permission)}`)
  )

/** Permissions that `next` asks for and `previous` did not; a plugin that is new asks for all of its own. */
export const addedPermissions = (previous: PackageManifest, next: PackageManifest): readonly string[] => {
  const before = new Set(permissionsOf(previous))
  return permissionsOf(next).filter((permission) => !before.has(permission))
}
