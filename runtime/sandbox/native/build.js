import { execFileSync } from "node:child_process"
import { readdirSync, renameSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

// Compiles the module for this machine, by npm's install where it is not there yet, and by hand: node native/build.js. Where there is no
// compiler nothing is lost but speed (`millrace doctor` tells), so that this never fails an installation.

const folder = fileURLToPath(new URL(".", import.meta.url))
const inFolder = (pattern) =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name))
const target = join(folder, `sandbox-${process.platform}-${process.arch}.node`)

/** Whether what is there is of these sources, and for this machine: the same name may be of another C library. */
const isBuilt = () => {
  try {
    const changed = Math.max(...inFolder(/\.[ch]$/).map((path) => statSync(path).mtimeMs))
    if (statSync(target).mtimeMs < changed) return false
    process.dlopen({ exports: {} }, target)
    return true
  } catch {
    return false
  }
}

const build = () => {
  const half = `${target}.${process.pid}`
  const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers")
  const flags = ["-O2", "-Wall", "-Wextra", "-fvisibility=hidden", "-shared", "-fPIC", "-I", headers]
  execFileSync(process.env.CC ?? "cc", [...flags, "-o", half, ...inFolder(/\.c$/)], {
    stdio: ["ignore", "ignore", "pipe"]
  })
  // A program that runs has the old one mapped.
  renameSync(half, target)
}

const isByHand = process.env.npm_lifecycle_event !== "install"
if (process.platform === "linux" && (isByHand || !isBuilt())) {
  try {
    build()
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    process.stderr.write(
      `millrace: sandboxes work with less speed, for their native module could not be compiled: ${said}\n`
    )
    if (isByHand) process.exitCode = 1
  }
}
