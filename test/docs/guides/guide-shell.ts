import { execFile, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { bin, root } from "../../input/program.ts"

// The commands of the guides, from this checkout: `npx millrace` is our program, `npm create processor` our scaffold with
// this checkout's packages in place of an installation, and a platform listens on a port that is free.

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`
const node = `${quoted(process.execPath)} --no-node-snapshot`

/** What was fetched stays where it is: a guide's home is a folder of its own. */
const caches = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache")

const program = `
case "$1" in up) set -- "$@" --port 0 --publish ${quoted(join(root, "plugins/files"))};; esac
exec ${node} ${quoted(bin)} "$@"`

const npm = `
if [ "$1" = create ]; then
  name="$3"; shift 3; [ "$1" = -- ] && shift
  ${node} ${quoted(join(root, "scaffolds/bin/create-processor.js"))} "$name" "$@" --no-install --no-git || exit
  exec ln -s ${quoted(join(root, "node_modules"))} "$name/node_modules"
fi
[ "$1" = pkg ] && exec env PATH=${quoted(process.env["PATH"] ?? "")} npm "$@"
[ "$1 $2" = "run kafka" ] && shift 2 && exec ${node} ${quoted(join(root, "test/kafka/main.ts"))} "$@"
case "$1" in test) script=test;; run) script="$2";; *) echo "not in the guides: npm $*" >&2; exit 64;; esac
line=$(${node} -p "require('./package.json').scripts['$script']") || exit
exec sh -c "$line"`

export interface Ended {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export interface GuideShell {
  /** Runs lines of a shell to their end; stops at the first that fails. */
  readonly run: (folder: string, lines: string) => Promise<Ended>
  /** Starts a line that stays, and answers what it printed once something of it fits. */
  readonly start: (folder: string, line: string, until: RegExp) => Promise<Ended>
  /** Ends what stays. */
  readonly stop: () => Promise<void>
}

/** A shell whose programs lie in a folder of their own, with more variables of the environment. */
export const guideShell = (tools: string, variables: NodeJS.ProcessEnv = {}): GuideShell => {
  mkdirSync(tools, { recursive: true })
  for (const [name, script] of Object.entries({ millrace: program, npx: '\nexec "$@"', npm })) {
    writeFileSync(join(tools, name), `#!/bin/sh${script}\n`)
    chmodSync(join(tools, name), 0o755)
  }
  const bins = join(root, "node_modules/.bin")
  const path = [tools, dirname(process.execPath), bins, process.env["PATH"] ?? ""].join(delimiter)
  const env = {
    ...process.env,
    ...variables,
    PATH: path,
    HOME: tools,
    XDG_CONFIG_HOME: tools,
    XDG_CACHE_HOME: caches,
    NO_COLOR: "1"
  }
  const staying: ChildProcess[] = []
  return {
    run: (cwd, lines) =>
      new Promise((done) => {
        const child = execFile("sh", ["-ec", lines], { cwd, env, timeout: 90_000 }, (error, stdout, stderr) =>
          done({ exit: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })
        )
        child.stdin?.end()
      }),
    start: (cwd, line, until) => {
      const child = spawn("sh", ["-c", `exec ${line}`], {
        cwd,
        env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true
      })
      staying.push(child)
      return printed(child, line, until)
    },
    stop: async () => {
      await Promise.all(staying.map(ended))
      staying.length = 0
    }
  }
}

const printed = (child: ChildProcess, line: string, until: RegExp): Promise<Ended> =>
  new Promise((done, refuse) => {
    let all = ""
    const look = (text: string) => {
      all += text
      if (until.test(all)) done({ exit: 0, stdout: all, stderr: "" })
    }
    child.stdout?.setEncoding("utf8").on("data", look)
    child.stderr?.setEncoding("utf8").on("data", look)
    child.on("close", (code) => refuse(new Error(`${line} ended with ${code}\n${all}`)))
  })

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((done) => {
    if (child.exitCode !== null || child.pid === undefined) return done()
    child.on("close", () => done())
    process.kill(-child.pid, "SIGTERM")
  })
