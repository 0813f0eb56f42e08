import { spawnSync } from "node:child_process"
import { join, resolve } from "node:path"

// `npm run check`: types, lint with type-aware rules, format, then the tests (floors, cycles and sizes are among the
// lint rules and the tests). Every gate runs, so that one run shows all that is wrong.
const root = resolve(import.meta.dirname, "..")
const bin = (name: string): string => join(root, "node_modules/.bin", name)

const gates: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ["types", bin("tsc"), ["--noEmit", "-p", "tsconfig.json"]],
  ["types of the console", bin("tsc"), ["--noEmit", "-p", "runtime/console"]],
  ["lint", bin("oxlint"), ["--type-aware", "--deny-warnings"]],
  ["format", bin("oxfmt"), ["--check"]],
  ["tests", process.execPath, ["--no-node-snapshot", "test/run-tests.ts"]]
]

const failed = gates.filter(([name, command, args]) => {
  process.stdout.write(`\n== ${name}\n`)
  return spawnSync(command, args, { cwd: root, stdio: "inherit" }).status !== 0
})
process.stdout.write(
  failed.length === 0
    ? "\ncheck: all gates passed\n"
    : `\ncheck: failed: ${failed.map(([name]) => name).join(", ")}\n`
)
process.exit(failed.length === 0 ? 0 : 1)
