import { mkdirSync, writeFileSync } from "node:fs"
import { basename, join, relative } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { HostResolver } from "../../runtime/src/main/host-services.ts"
import { startPlatform } from "../../runtime/src/main/platform.ts"
import type { ResolveName } from "../../runtime/src/worker/handlers/http/http-driver.ts"
import { command, type CommandResult, root, until } from "../input/program.ts"

/** A platform in this process, so that a test answers for the names that its plugins look up. */
export interface HeldPlatform {
  readonly url: string
  readonly command: (...args: readonly string[]) => Promise<CommandResult>
  readonly stop: () => Promise<void>
}

export const holdPlatform = async (folder: string, resolve?: ResolveName): Promise<HeldPlatform> => {
  const scope = Effect.runSync(Scope.make())
  const { token, url } = await Effect.runPromise(
    startPlatform({ folder, host: "127.0.0.1", port: 0 }).pipe(
      Effect.provideService(HostResolver, resolve),
      Effect.provideService(Scope.Scope, scope),
      Effect.provide(NodeServices.layer)
    )
  )
  return {
    url,
    command: (...args) => command([...args, "--url", url], { env: { MILLRACE_TOKEN: token } }),
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** A request that a plugin tries, and through which of its handles. */
export interface Attempt {
  readonly handle: string
  readonly payload: unknown
}
export interface Outcome {
  readonly code: string
  readonly text: string
}

/** What a well-behaved plugin would send. */
export const payloadOf = (url: string, more: object = {}) => ({
  method: "GET",
  url,
  headers: {},
  timeoutMs: 5_000,
  maxBytes: 1_000_000,
  retry: { attempts: 1, delayMs: 0, statuses: [] },
  auth: null,
  sign: null,
  ...more
})

/** Runs attempts as records through the probe plugin; answers outcomes by name. */
export const tryAll = async (
  platform: HeldPlatform,
  folder: string,
  attempts: { readonly [name: string]: Attempt },
  config: { readonly named: string; readonly address: string }
): Promise<{ readonly [name: string]: Outcome }> => {
  mkdirSync(folder, { recursive: true })
  const name = basename(folder)
  const lines = Object.entries(attempts).map(([name, { handle, payload }]) =>
    JSON.stringify({ name, handle, payload: JSON.stringify(payload) })
  )
  writeFileSync(join(folder, "trials.ndjson"), `${lines.join("\n")}\n`)
  const plugins = relative(folder, join(root, "test/http/fixtures/probe.ts"))
  const file = join(folder, "probe.pipeline.yaml")
  writeFileSync(
    file,
    `pipeline: ${name}
nodes:
  trials: { source: "${plugins}#trials", with: { path: trials.ndjson } }
  probe: { use: "${plugins}#probe", from: trials, with: ${JSON.stringify(config)}, stream: t.${name} }
`
  )
  const applied = await platform.command("apply", file, "--grant")
  if (applied.exit !== 0) throw new Error(applied.stderr)
  await until(
    async () => JSON.parse((await platform.command("status", name, "--json")).stdout),
    (status: { readonly state: string }) => status.state === "completed"
  )
  const { stdout } = await platform.command("topic", "read", `t.${name}`, "-n", "1000", "--json")
  return Object.fromEntries(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).value)
      // The end of the stream is a record too, without a value.
      .flatMap((value) => (value === null ? [] : [[value.name, { code: value.code, text: value.text }]]))
  )
}
