import { spawn } from "node:child_process"
import { CreateError } from "./create-error.js"

// Compiled parts come as packages of their own: no dependency's script needs to run, nor may one (`.npmrc`).
const commands = {
  npm: ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", "--no-progress"],
  pnpm: ["install", "--prefer-offline", "--reporter=silent"],
  yarn: ["install", "--silent"]
}

/** Installs a project's packages. @param {string} folder @param {string} pm @param {Promise<never>} ended */
export async function install(folder, pm, ended) {
  const { code, output } = await run(pm, commands[pm], folder, ended)
  if (code === 0) return
  const offline =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_SOCKET|network/i.test(output)
  throw new CreateError({
    code: offline ? "OFFLINE" : "INSTALL_FAILED",
    message: offline ? "the npm registry cannot be reached" : `${pm} install failed\n${lastLines(output)}`,
    remedy: offline
      ? `connect and try again, or give --no-install now and run \`${pm} install\` later`
      : `mend what ${pm} says, or give --no-install and run \`${pm} install\` in the project yourself`,
    exit: 69
  })
}

/** Makes a git repository without a commit. Answers whether it worked: a project without one is as good. */
export async function initGit(folder, ended) {
  return (await run("git", ["init", "--quiet"], folder, ended)).code === 0
}

async function run(command, args, cwd, ended) {
  const child = spawn(command, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32"
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text))
  const closed = new Promise((done) => {
    child.on("error", (error) => done({ code: 1, output: error.message }))
    child.on("close", (code) => done({ code: code ?? 1, output }))
  })
  try {
    return await Promise.race([closed, ended])
  } catch (error) {
    // What it still writes must not stand in a folder that we remove.
    child.kill("SIGTERM")
    await closed
    throw error
  }
}

const lastLines = (text) => text.trim().split("\n").slice(-12).join("\n")
