#!/usr/bin/env node
// Goes on under the Node 24 of the npm package `node`, so that a machine whose own Node is 20 or newer can run us.
// Plain JavaScript for Node 20: it must start before Node 24 is found.
import { spawn } from "node:child_process"
import { createRequire } from "node:module"
import { existsSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The path of a Node that runs TypeScript and isolated-vm (24 or newer), or undefined. */
export function findNode24() {
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath
  // The first holds the binary itself and needs no install script; a project made on an older Node has it.
  const packages = [`node-${process.platform}-${process.arch}`, "node"]
  return packages.map(binaryOf).find((binary) => binary !== undefined)
}

function binaryOf(name) {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    const binary = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node")
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

/** Compiled code is kept beside the packages, here as in a project that installed us. */
function cacheFolder() {
  const home = dirname(dirname(fileURLToPath(import.meta.url)))
  const parent = dirname(home)
  return join(
    parent,
    basename(parent) === "node_modules" ? ".cache/millrace" : "node_modules/.cache/millrace"
  )
}

const ourFlags = [
  // isolated-vm needs it.
  "--no-node-snapshot",
  // Batches die young, and their bytes with them: the sooner the young are looked through, the seldomer the whole heap is.
  "--max-semi-space-size=4",
  // Little of them survives: to share that out costs more than it takes, and the other cores are the sandboxes'.
  "--no-parallel-scavenge",
  // The bytes of batches in hand go up and down by more than what V8 leaves between a small heap and its limit: it would collect
  // the whole heap several times a second, with a batch of 1 MiB in each call.
  "--initial-old-space-size=96",
  // How much more than it kept a heap may hold until it is collected again; by default V8 lets a small one grow to a multiple, and of a
  // thousand applies in a row 200 MiB of what was dead stayed.
  "--heap-growing-percent=30"
]

// Of glibc's malloc: memory of frames (8 MiB at most) stays with the process for the next ones. Given back to the system each time, it would
// have to be made anew, page by page: half of the system time of a batch.
const mallocSettings = { MALLOC_MMAP_THRESHOLD_: "8388608", MALLOC_TRIM_THRESHOLD_: "33554432" }

/** Runs `node FILE ARGS` under Node 24 and ends as it ends. Signals are passed on. */
export function runUnderNode24(file, args, flags = []) {
  const node = findNode24()
  if (node === undefined) {
    process.stderr.write(
      `millrace: error NODE_TOO_OLD: this is Node ${process.versions.node}, and Millrace needs Node 24\n` +
        "  where: no package that brings Node 24 is installed here, or its install script did not run\n" +
        `  remedy: install Node 24 or newer, or run \`npm install --save-dev node-${process.platform}-${process.arch}@24\`\n`
    )
    process.exit(69)
  }
  // Types are stripped and code is compiled once, not at every start. The user's own choice stands.
  const env = { NODE_COMPILE_CACHE: cacheFolder(), ...mallocSettings, ...process.env }
  const child = spawn(node, [...ourFlags, ...flags, file, ...args], { stdio: "inherit", env })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
      return
    }
    process.exit(code ?? 1)
  })
}

if (
  process.argv[1] !== undefined &&
  import.meta.filename !== undefined &&
  process.argv[1].endsWith("node24.js")
) {
  const [file, ...args] = process.argv.slice(2)
  runUnderNode24(file, args)
}
