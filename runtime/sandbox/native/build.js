import { execFileSync } from "node:child_process"
import { existsSync, renameSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

// Compiles shared-pages.c for this machine, by npm's install and by hand: node native/build.js. Where there is no compiler nothing
// is lost but speed (`millrace doctor` tells), so that this never fails an installation.

const folder = fileURLToPath(new URL(".", import.meta.url))
const source = join(folder, "shared-pages.c")
const target = join(folder, `shared-pages-${process.platform}-${process.arch}.node`)
const isNewer = existsSync(target) && statSync(target).mtimeMs >= statSync(source).mtimeMs

if (process.platform === "linux" && !isNewer) {
  const half = `${target}.${process.pid}`
  try {
    const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers")
    const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", headers]
    execFileSync(process.env.CC ?? "cc", [...flags, "-o", half, source], {
      stdio: ["ignore", "ignore", "pipe"]
    })
    // A program that runs has the old one mapped.
    renameSync(half, target)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    process.stderr.write(
      `millrace: bytes go to sandboxes by copies, for ${source} could not be compiled: ${said}\n`
    )
  }
}
