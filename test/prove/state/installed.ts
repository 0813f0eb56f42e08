import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { pack } from "../../pack/pack.ts"

/**
 * The packages as `npm publish` takes them, laid out in `place` as an install would: what they depend on is found in the
 * project above. Answers the path of the `millrace` program: few modules, compiled, as users start it.
 */
export const installPacked = async (place: string): Promise<string> => {
  const modules = join(place, "node_modules")
  const tarballs = join(place, "tarballs")
  rmSync(modules, { recursive: true, force: true })
  mkdirSync(tarballs, { recursive: true })
  for (const { name, file } of await pack(tarballs)) {
    const folder = join(modules, ...name.split("/"))
    mkdirSync(folder, { recursive: true })
    execFileSync("tar", ["-xzf", file, "-C", folder, "--strip-components=1"])
  }
  rmSync(tarballs, { recursive: true })
  return join(modules, "millrace/bin/millrace.js")
}
