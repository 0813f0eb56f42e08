import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, renameSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

// Compiles the module for this machine, by npm's install and by hand: node native/build.js. Where there is no compiler nothing is
// lost but speed (`millrace doctor` tells), so that this never fails an installation.

const folder = fileURLToPath(new URL(".", import.meta.url))
const inFolder = (pattern) =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name))
const sources = inFolder(/\.c$/)
const target = join(folder, `sandbox-${process.platform}-${process.arch}.node`)
const changed = Math.max(...inFolder(/\.[ch]$/).map((path) => statSync(path).mtimeMs))
const isNewer = existsSync(target) && statSync(target).mtimeMs >= changed

if (process.platform === "linux" && !isNewer) {
  const half = `${target}.${process.pid}`
  try {
    const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers")
    const flags = [
      "-O2",
      "-Wall",
      "-Wextra",
      "-Werror",
      "-fvisibility=hidden",
      "-shared",
      "-fPIC",
      "-I",
      headers
    ]
    execFileSync(process.env.CC ?? "cc", [...flags, "-o", half, ...sources], {
      stdio: ["ignore", "ignore", "pipe"]
    })
    // A program that runs has the old one mapped.
    renameSync(half, target)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    process.stderr.write(
      `millrace: sandboxes work with less speed, for their native module could not be compiled: ${said}\n`
    )
  }
}
