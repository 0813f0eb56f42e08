import { execFile } from "node:child_process"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { root } from "../house/floors.ts"

/** `create-processor` as its bin, from the sources. */
export const createBin = join(root, "scaffolds/bin/create-processor.js")

export interface Created {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs it to its end in a folder, with programs of `tools` before those of the machine. */
export const create = (
  folder: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env
): Promise<Created> =>
  new Promise((done) => {
    const settings = { cwd: folder, env: { ...environment, NO_COLOR: "1" }, timeout: 50_000 }
    execFile(process.execPath, [createBin, ...args], settings, (error, stdout, stderr) => {
      done({ exit: error === null ? 0 : typeof error.code === "number" ? error.code : -1, stdout, stderr })
    })
  })

/** An environment whose only programs are Node, a shell's own, and these scripts of `sh`. */
export const withTools = (folder: string, tools: { readonly [name: string]: string }): NodeJS.ProcessEnv => {
  mkdirSync(folder, { recursive: true })
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return { HOME: folder, PATH: [folder, dirname(process.execPath)].join(delimiter) }
}
