import { execFileSync, spawn } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { root, temporaryFolder } from "../input/program.ts"
import { type BenchRow, machine, median } from "./row.ts"

// The log appends batches of 256 KiB, with a flush for each, while a reader takes and checks them all, and the oldest go beyond
// a bound of 256 MiB; against `dd` that writes as many bytes in as many flushed writes into the same folder. One task appends,
// which waits for each batch, or two by turns: then one batch is written while the other is flushed, as where a worker has
// several tasks. Before anything is measured ten times the bound has gone through, so that the log writes over what it dropped.
// Each is done twice and counts the second time: a disk that comes from other work gives whoever is first a third of its speed.

const rounds = 25
const batchBytes = 256 * 1024
/** Of a round. */
const batches = 1_024
const retainBytes = 256 * 2 ** 20
const warmBytes = 10 * retainBytes
const bar = 0.7

export const run = async (): Promise<readonly BenchRow[]> => {
  const folder = temporaryFolder(join(root, ".millrace/bench"))
  const logs = [1, 2].map((tasks) => ({
    tasks,
    log: startLog(join(folder.path, `log of ${tasks}`), tasks),
    speeds: new Array<number>(),
    verified: true
  }))
  const file = join(folder.path, "plain")
  mkdirSync(folder.path, { recursive: true })
  const peer: number[] = []
  try {
    for (const { log } of logs) await log.round(warmBytes / batchBytes)
    const turns = [
      ...logs.map((one) => async () => {
        const taken = await one.log.round(batches)
        one.verified &&= taken.verified && taken.flushes >= batches
        return { speeds: one.speeds, seconds: taken.seconds }
      }),
      async () => ({ speeds: peer, seconds: plainWrites(file) })
    ]
    for (let round = 0; round < rounds; round++)
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
        await turn()
        const { seconds, speeds } = await turn()
        speeds.push((batches * batchBytes) / 1e6 / seconds)
      }
  } finally {
    for (const { log } of logs) log.end()
    folder.remove()
  }
  return logs.map(({ speeds, tasks, verified }) => ({
    name: `${tasks === 1 ? "log-one-task" : "log"}: 256 KiB batches of ${tasks === 1 ? "one task" : "two tasks"} appended, flushed and consumed, past the retention (bar ${bar})`,
    ours: median(speeds),
    peer: median(peer),
    peerName: "dd bs=256K oflag=dsync",
    // Of each round its own: the disk's speed goes up and down by half.
    ratio: median(speeds.map((each, round) => each / (peer[round] ?? each))),
    unit: "MB/s",
    rounds,
    verified,
    machine: machine()
  }))
}

/** Seconds that as many flushed writes take that nobody reads. */
const plainWrites = (file: string): number => {
  const began = performance.now()
  const settings = ["if=/dev/zero", `of=${file}`, `bs=${batchBytes}`, `count=${batches}`, "oflag=dsync"]
  execFileSync("dd", settings, { stdio: "ignore" })
  const seconds = (performance.now() - began) / 1_000
  rmSync(file)
  return seconds
}

interface Taken {
  readonly seconds: number
  /** Of frame files. */
  readonly flushes: number
  readonly verified: boolean
}

const startLog = (folder: string, tasks: number) => {
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      ...(process.env["BENCH_PROFILE"] === undefined
        ? []
        : ["--cpu-prof", `--cpu-prof-dir=${process.env["BENCH_PROFILE"]}`]),
      join(import.meta.dirname, "log/program.ts"),
      folder,
      String(batchBytes),
      String(retainBytes),
      String(tasks)
    ],
    { cwd: root, stdio: ["pipe", "pipe", "inherit"] }
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    round: async (count: number): Promise<Taken> => {
      child.stdin.write(`${count}\n`)
      const { done, value } = await lines.next()
      if (done === true) throw new Error("the log's process ended")
      return JSON.parse(value)
    },
    end: () => child.stdin.end()
  }
}
