import { execFile, execFileSync, spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline/promises"
import { promisify } from "node:util"
import type { PackedPackage } from "../pack/pack.ts"

const run = promisify(execFile)

/** A local npm registry, and what npm needs to use it and nothing of this machine's settings. */
export interface NpmRegistry {
  readonly url: string
  /** For processes that run npm: registry, and a cache of their own in `cache`. */
  readonly environment: (cache: string) => NodeJS.ProcessEnv
  readonly publish: (packages: readonly PackedPackage[]) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts a registry that keeps its packages in `folder`; what it has not it fetches from the registry that npm is configured for. */
export const startNpmRegistry = async (folder: string): Promise<NpmRegistry> => {
  mkdirSync(folder, { recursive: true })
  const program = join(import.meta.dirname, "npm-registry-server.ts")
  const ca = configured("cafile")
  const child = spawn(process.execPath, [program, folder, configured("registry")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...(ca === "null" || ca === "" ? {} : { NODE_EXTRA_CA_CERTS: ca }) }
  })
  const ended = once(child, "exit")
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([once(lines, "line"), ended.then(() => [])])
  const port: unknown = first[0]
  if (typeof port !== "string") throw new Error("the npm registry did not start")
  const url = `http://127.0.0.1:${port}/`
  const settings = join(folder, "npmrc")
  writeFileSync(settings, `registry=${url}\n//127.0.0.1:${port}/:_authToken=${await login(url)}\n`)
  const environment = (cache: string): NodeJS.ProcessEnv => ({
    ...withoutNpmSettings(process.env),
    npm_config_userconfig: settings,
    npm_config_globalconfig: join(folder, "no-npmrc"),
    npm_config_cache: cache,
    npm_config_update_notifier: "false"
  })
  return {
    url,
    environment,
    publish: async (packages) => {
      const settings = { cwd: folder, env: environment(join(folder, "publisher-cache")) }
      await Promise.all(
        packages.map(({ file }) => run("npm", ["publish", file, "--loglevel", "error"], settings))
      )
    },
    stop: async () => {
      child.stdin.end()
      await ended
    }
  }
}

/** A setting of npm's on this machine, asked for outside any project. */
const configured = (setting: string): string =>
  execFileSync("npm", ["config", "get", setting, "--location", "user"], {
    encoding: "utf8",
    cwd: "/",
    stdio: ["ignore", "pipe", "ignore"]
  }).trim()

const withoutNpmSettings = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/^npm_/i.test(name)))

/** A publisher of this registry alone; it answers the token. */
const login = async (url: string): Promise<string> => {
  const name = `publisher-${randomUUID()}`
  const reply = await fetch(`${url}-/user/org.couchdb.user:${name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password: randomUUID() })
  })
  const { token }: { token?: string } = JSON.parse(await reply.text())
  if (token === undefined) throw new Error(`the npm registry gave no token: ${reply.status}`)
  return token
}
