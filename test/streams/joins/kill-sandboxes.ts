import type { Platform } from "../../input/program.ts"

/** Kills up to `wanted` sandbox processes of a platform with SIGKILL as they come up; a pipeline that has ended has no more. */
export const killSandboxes = (platform: Platform, wanted: number) => {
  const killed = new Set<number>()
  const run = async (): Promise<void> => {
    for (let round = 0; round < 15 && killed.size < wanted; round++) {
      const { sandboxes }: { readonly sandboxes: readonly { readonly pid: number }[] } = JSON.parse(
        (await platform.command("status", "--json")).stdout
      )
      for (const { pid } of sandboxes) {
        if (killed.has(pid)) continue
        killed.add(pid)
        try {
          process.kill(pid, "SIGKILL")
        } catch {
          // It had ended by itself.
        }
      }
    }
  }
  return { run, count: () => killed.size }
}
