import { existsSync, statfsSync } from "node:fs"
import { dirname } from "node:path"
import * as Effect from "effect/Effect"
import { mapsMemory, SandboxPool } from "@millrace/sandbox"

/** `reduced`: it works with less than it could. */
export interface Finding {
  readonly name: string
  readonly state: "good" | "reduced" | "bad"
  readonly text: string
  readonly remedy?: string
}

/** Everything that is looked at, in order. */
export const findings = (folder: string): Effect.Effect<readonly Finding[]> =>
  Effect.map(Effect.all([node, sandbox, Effect.sync(() => [mappedMemory(), disk(folder)])]), (all) =>
    all.flat()
  )

const wantedNode = 24

const node = Effect.sync((): readonly Finding[] => {
  const major = Number(process.versions.node.split(".")[0])
  return major >= wantedNode
    ? [{ name: "node", state: "good", text: `${process.versions.node}, V8 ${process.versions.v8}` }]
    : [
        {
          name: "node",
          state: "bad",
          text: `${process.versions.node}`,
          remedy: `run it with Node ${wantedNode} or newer`
        }
      ]
})

/** A bundle without plugins: enough to start a sandbox process, load a context and come back. */
const emptyBundle =
  "var __millrace_bundle = { abi: 1, manifest: () => '[]', derive: () => '{}', open: () => { throw new Error('none') } }"

const sandbox = Effect.gen(function* () {
  const pool = yield* SandboxPool
  yield* pool.manifest(emptyBundle)
  const [process] = yield* pool.processes
  return [
    { name: "sandbox", state: "good", text: "a plugin was loaded in a sandbox process" } as const,
    ...(process?.guards ?? []).map((guard): Finding => ({
      name: `guard ${guard}`,
      state: "good",
      text: "in force"
    })),
    ...(process?.missingGuards ?? []).map((guard): Finding => ({
      name: `guard ${guard}`,
      state: "reduced",
      text: "this platform lacks it",
      remedy: guardRemedies[guard] ?? "run it on Linux"
    }))
  ]
}).pipe(
  Effect.provide(SandboxPool.layer({})),
  Effect.catch((error) =>
    Effect.succeed<readonly Finding[]>([
      {
        name: "sandbox",
        state: "bad",
        text: `no plugin can run: ${error.message}`,
        remedy: "install the dependencies again, with their install scripts (isolated-vm is a native module)"
      }
    ])
  )
)

/** Nothing is lost without it but speed. */
const mappedMemory = (): Finding => {
  const name = "mapped memory"
  return mapsMemory()
    ? { name, state: "good", text: "large calls go to sandboxes without copies" }
    : {
        name,
        state: "reduced",
        text: "large calls go to sandboxes by copies, and take up to a third more CPU time",
        remedy: "on Linux, install a C compiler and run: node node_modules/@millrace/sandbox/native/build.js"
      }
}

const guardRemedies: { readonly [guard: string]: string } = {
  prlimit: "install util-linux",
  netns: "install util-linux, and allow user namespaces or run as root",
  user: "run the worker as root in a container of its own, with its folder readable by others"
}

const lowBytes = 1_073_741_824

const disk = (folder: string): Finding => {
  let place = folder
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place)
  const { bavail, bsize } = statfsSync(place)
  const free = bavail * bsize
  const text = `${(free / lowBytes).toFixed(1)} GiB free at ${place}`
  return free < lowBytes
    ? { name: "disk", state: "reduced", text, remedy: "make room: a full disk pauses every pipeline" }
    : { name: "disk", state: "good", text }
}
