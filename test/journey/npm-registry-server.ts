import { createRequire } from "node:module"
import { join } from "node:path"

// `node npm-registry-server.ts FOLDER UPLINK`: an npm registry in a process of its own, which prints its port and
// lives until its standard input closes. Ours are published to it; everything else it fetches once and keeps.
const [folder = "", uplink = ""] = process.argv.slice(2)

interface Listening {
  readonly listen: (port: number, host: string, done: () => void) => Listening
  readonly address: () => { readonly port: number } | null
}
const verdaccio: { readonly runServer: (config: unknown) => Promise<Listening> } = createRequire(
  import.meta.url
)("verdaccio")

const ours = { access: "$all", publish: "$authenticated" }
const server = await verdaccio.runServer({
  self_path: join(folder, "config.yaml"),
  configPath: join(folder, "config.yaml"),
  storage: join(folder, "storage"),
  auth: { htpasswd: { file: join(folder, "htpasswd") } },
  // What was fetched once is not asked for again while this lives.
  uplinks: { up: { url: uplink, maxage: "1d", timeout: "60s" } },
  packages: {
    "@millrace/*": ours,
    millrace: ours,
    "create-processor": ours,
    "**": { access: "$all", proxy: "up" }
  },
  publish: { allow_offline: true },
  web: { enable: false },
  max_body_size: "100mb",
  log: { type: "file", path: join(folder, "log"), level: "warn", format: "json" }
})
const listening = server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${listening.address()?.port}\n`)
})
process.stdin.resume().on("end", () => process.exit(0))
