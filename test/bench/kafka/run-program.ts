import { spawn } from "node:child_process"
import type { Runner } from "./contestant.ts"

/** Starts a program that goes on until it is killed: what it has not committed counts for nothing. */
export const runProgram = (program: string, args: readonly string[], group: string): Runner => {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] })
  let said = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4_000)))
  const ended = new Promise<void>((done) => child.once("close", () => done()))
  let isStopped = false
  const failed = ended.then((): never => {
    throw new Error(isStopped ? `${group} was stopped` : `${group} ended: ${said}`)
  })
  failed.catch(() => undefined)
  return {
    pid: child.pid ?? 0,
    group,
    failed,
    stop: async () => {
      isStopped = true
      child.kill("SIGKILL")
      await ended
    }
  }
}
