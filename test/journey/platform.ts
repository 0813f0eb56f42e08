import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Shell, Staying } from "./shell.ts"

/** A platform that an author brought up in a project, and what another needs to reach it. */
export interface OwnPlatform {
  readonly url: string
  readonly token: string
  readonly milliseconds: number
  readonly stop: () => Promise<void>
}

/** `npx millrace up` on a free port. */
export const upIn = async (shell: Shell, project: string): Promise<OwnPlatform> => {
  const started = performance.now()
  const up: Staying = shell.start(project, "npx", ["millrace", "up", "--port", "0", "--json"])
  const url = await up.line((line) => /"url":"([^"]+)"/.exec(line)?.[1])
  const milliseconds = performance.now() - started
  const token = readFileSync(join(project, ".millrace/token"), "utf8").trim()
  return { url, token, milliseconds, stop: up.stop }
}
