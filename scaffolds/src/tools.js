import { spawnSync } from "node:child_process"
import { CreateError } from "./create-error.js"

/** The Node that the platform runs on; on an older one a project brings it as a package. */
export const platformNode = {
  major: 24,
  version: "24.21.0",
  brought: ["linux-x64", "linux-arm64", "win32-x64"]
}

export const nodeMajor = () => Number(process.versions.node.split(".")[0])

const missing = (code, message, remedy) => new CreateError({ code, message, remedy, exit: 69 })

/**
 * Refuses before anything is written where a tool is missing or too old. Answers whether git is there.
 * @param {{ pm: string, install: boolean, git: boolean }} options
 */
export function checkTools({ git, install, pm }) {
  const system = `${process.platform}-${process.arch}`
  if (nodeMajor() < 20)
    throw missing(
      "NODE_TOO_OLD",
      `this is Node ${process.versions.node}`,
      "install Node 24 (20 is the least that will do)"
    )
  if (nodeMajor() < platformNode.major && !platformNode.brought.includes(system))
    throw missing(
      "NODE_TOO_OLD",
      `this is Node ${process.versions.node}, and no package brings Node 24 for ${system}`,
      "install Node 24 or newer"
    )
  if (install && versionOf(pm) === undefined)
    throw missing(
      "TOOL_MISSING",
      `${pm} does not run here`,
      `install ${pm}, choose another with --pm, or give --no-install`
    )
  return git && versionOf("git") !== undefined
}

function versionOf(tool) {
  const { error, status, stdout } = spawnSync(tool, ["--version"], {
    encoding: "utf8",
    shell: process.platform === "win32"
  })
  return error === undefined && status === 0 ? stdout.trim() : undefined
}
