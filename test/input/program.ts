import { execFile, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

// The front door: the `millrace` program as a user runs it, and the HTTP API of a platform that it keeps up.

export const root = resolve(import.meta.dirname, "../..")
/** Names another program than that of the sources. */
export const programVariable = "MILLRACE_TESTED_PROGRAM"
export const bin = process.env[programVariable] ?? join(root, "runtime/bin/millrace.js")
/** The package of the plugins that these tests use. */
export const ordersFolder = join(import.meta.dirname, "fixtures/orders")

/** What anything here may take; PATIENCE=600 where a machine does much else, as long proofs may find it. */
const patienceSeconds = Number(process.env["PATIENCE"] ?? 50)

/** A folder of its own, and how to remove it. */
export const temporaryFolder = (
  parent: string = tmpdir()
): { readonly path: string; readonly remove: () => void } => {
  mkdirSync(parent, { recursive: true })
  const path = mkdtempSync(join(parent, "millrace-input-"))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** What a command printed on standard error for one error. */
export interface PrintedError {
  readonly code: string
  readonly message: string
  readonly where: string | undefined
  readonly remedy: string
}

export interface CommandResult {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly errors: readonly PrintedError[]
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Default: the Node that runs the tests. */
  readonly node?: string
  readonly bin?: string
  /** What it reads on standard input; default: nothing, at its end at once. */
  readonly input?: string
}

/** Runs `millrace ARGS` to its end. */
export const command = (args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> =>
  new Promise((done) => {
    const settings = {
      cwd: options.cwd ?? root,
      env: { ...process.env, NO_COLOR: "1", ...options.env },
      timeout: patienceSeconds * 1_000
    }
    const child = execFile(
      options.node ?? process.execPath,
      [options.bin ?? bin, ...args],
      settings,
      (error, stdout, stderr) => {
        const exit = error === null ? 0 : typeof error.code === "number" ? error.code : -1
        done({ exit, stdout, stderr, errors: printedErrors(stderr) })
      }
    )
    child.stdin?.on("error", () => undefined).end(options.input ?? "")
  })

const printedErrors = (stderr: string): readonly PrintedError[] =>
  [
    ...stderr.matchAll(
      /error ([A-Z_]+): (.*(?:\n(?! {2}(?:where|remedy): ).*)*)(?:\n {2}where: (.*))?\n {2}remedy: (.*)/g
    )
  ].map(([, code = "", message = "", where, remedy = ""]) => ({ code, message, where, remedy }))

export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** A platform that is up, and its API. */
export interface Platform {
  readonly url: string
  readonly pid: number
  readonly data: string
  /** Lines that `up` printed after its first. */
  readonly lines: readonly string[]
  readonly get: (path: string) => Promise<Answer>
  readonly send: (method: "POST" | "PUT" | "DELETE", path: string, body: unknown) => Promise<Answer>
  /** `millrace ARGS --data` of this platform. */
  readonly command: (...args: readonly string[]) => Promise<CommandResult>
  /** Ends it as the operator would, after the batches in hand. */
  readonly stop: () => Promise<void>
}

export interface PlatformOptions {
  readonly data: string
  /** Path of the program; default: the one of the sources. */
  readonly bin?: string
  /** Packages, or folders of packages, to build and publish first. */
  readonly publish?: readonly string[]
  /** Default: any that is free. */
  readonly port?: number
  /** More flags of `up`. */
  readonly flags?: readonly string[]
  /** A program and its arguments that the platform is started by; default: none. */
  readonly wrapper?: readonly string[]
  /** Reads a file of the data folder, where the platform sees another than we do. */
  readonly read?: (pid: number, path: string) => string
}

/** `millrace up` on a free port. Rejects with what it printed when it does not come up. */
export const up = async (options: PlatformOptions): Promise<Platform> => {
  const publish = (options.publish ?? []).flatMap((folder) => ["--publish", folder])
  const [program = process.execPath, ...args] = [
    ...(options.wrapper ?? []),
    process.execPath,
    options.bin ?? bin,
    "up",
    "--data",
    options.data,
    "--port",
    String(options.port ?? 0),
    "--json",
    ...(options.flags ?? []),
    ...publish
  ]
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] })
  const output = linesOf(child)
  const wanted = 1 + (options.publish ?? []).reduce((sum, each) => sum + packagesIn(each), 0)
  await until(
    () => (output.ended() ? Promise.reject(new Error(`up ended: ${output.errors()}`)) : output.lines.length),
    (count) => count >= wanted,
    // Each package is bundled and inspected first.
    patienceSeconds + 10 * wanted
  ).catch((error: unknown) => {
    // Nobody else knows of it.
    child.kill("SIGTERM")
    throw error
  })
  const { url, pid }: { url: string; pid: number } = JSON.parse(output.lines[0] ?? "")
  const read = options.read ?? ((_pid, path) => readFileSync(path, "utf8"))
  const token = read(pid, join(options.data, "token")).trim()
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const isBytes = body instanceof Uint8Array
    const type = isBytes ? "application/gzip" : "application/json"
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": type })
      },
      ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) })
    })
    const text = await reply.text()
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text) }
  }
  return {
    url,
    pid,
    data: options.data,
    lines: output.lines,
    get: (path) => call("GET", path),
    send: call,
    command: (...rest) => command([...rest, "--url", url], { env: { MILLRACE_TOKEN: token } }),
    stop: async () => {
      if (output.ended()) return
      process.kill(pid, "SIGTERM")
      await until(
        () => output.ended(),
        (ended) => ended
      )
    }
  }
}

/** `up` prints a line for each package that it publishes. */
const packagesIn = (each: string): number =>
  existsSync(join(each, "package.json"))
    ? 1
    : readdirSync(each).filter((name) => existsSync(join(each, name, "package.json"))).length

const linesOf = (child: ChildProcess) => {
  const lines: string[] = []
  let rest = ""
  let errors = ""
  let ended = false
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n")
    rest = parts.pop() ?? ""
    lines.push(...parts)
  })
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk
  })
  child.on("close", () => {
    ended = true
  })
  return { lines, errors: () => errors, ended: () => ended }
}

/** Asks again every 50 ms until the answer is as wanted; rejects with the last answer after 50 s, or what PATIENCE says. */
export const until = async <A>(
  ask: () => A | Promise<A>,
  isWanted: (answer: A) => boolean,
  seconds = patienceSeconds
): Promise<A> => {
  const end = performance.now() + seconds * 1_000
  for (;;) {
    const answer = await ask()
    if (isWanted(answer)) return answer
    if (performance.now() > end) throw new Error(`still ${JSON.stringify(answer)} after ${seconds} s`)
    await delay(50)
  }
}
