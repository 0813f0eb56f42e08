import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { PipelineStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"

const root = join(import.meta.dirname, "..")
const program = join(root, "runtime/bin/millrace.js")
const plugins = join(root, "plugins")
const decodeStatus = Schema.decodeUnknownSync(PipelineStatus)
const decodeAnnouncement = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ url: Schema.String, data: Schema.String }))
)

/** A platform with the plugins of this repository. */
export interface StartedPlatform {
  readonly url: string
  /** Its data folder. */
  readonly data: string
  readonly process: ChildProcess
}

/** `millrace up` with every first-party plugin published. Rejects when it ends before that; what it says goes to standard error. */
export const startPlatform = async (args: readonly string[]): Promise<StartedPlatform> => {
  const child = spawn(process.execPath, [program, "up", "--json", "--publish", plugins, ...args], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const ended = new Promise<never>((_, reject) => {
    child.on("exit", (code) => reject(new Error(`the platform ended with ${code ?? "a signal"}`)))
  })
  // It may also end when nobody waits for this any more.
  ended.catch(() => undefined)
  return Promise.race([announced(child), ended])
}

/** It says where it is in its first line, and then one for each package. */
const announced = async (child: ChildProcess): Promise<StartedPlatform> => {
  if (child.stdout === null) throw new Error("the platform has no output")
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  const { data, url } = decodeAnnouncement(first.value)
  const packages = readdirSync(plugins).filter((name) => existsSync(join(plugins, name, "package.json")))
  for (const _ of packages)
    if ((await lines.next()).done === true)
      throw new Error("the platform ended before its plugins were published")
  child.stdout.resume()
  return { url, data, process: child }
}

/** `millrace apply` of a file to the platform; true when it was. What it prints is shown. */
export const applyFile = ({ data, process: { pid } }: StartedPlatform, file: string): Promise<boolean> =>
  new Promise((done) => {
    if (pid === undefined) return done(false)
    const child = spawn(process.execPath, [program, "apply", file, "--grant", "--data", data], {
      stdio: ["ignore", "inherit", "inherit"]
    })
    child.on("exit", (code) => done(code === 0))
  })

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** A pipeline's status once it has ended. To be asked for after its apply: an earlier run may have ended long ago. */
export const untilEnded = async (url: string, pipeline: string): Promise<PipelineStatus> => {
  for (;;) {
    const answer = await fetch(`${url}/api/status/${pipeline}`)
    if (answer.ok) {
      const status = decodeStatus(await answer.json())
      if (["completed", "failed", "degraded"].includes(status.state)) return status
    }
    await pause(200)
  }
}
