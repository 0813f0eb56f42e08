import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { readKeyed, tableOf } from "../../acceptance-compaction.ts"
import type { KeyedText } from "../../acceptance-compaction.ts"
import { Transport } from "../../transport.ts"
import { embeddedTransport } from "../layer.ts"
import { historyAt, topic, writer } from "../testing/compacted.ts"

const child = join(import.meta.dirname, "../testing/compacting-child.ts")

/** Lets a process commit until so many commits were acknowledged, and kills it at once; answers the last that was. */
function commitAndKill(folder: string, durability: string, commits: number): Promise<number> {
  const running = spawn(process.execPath, ["--no-node-snapshot", child, folder, durability], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  let acked = -1
  let seen = 0
  let rest = ""
  return new Promise((resolve) => {
    running.stdout.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n")
      rest = lines.pop() ?? ""
      seen += lines.length
      acked = Number(lines.at(-1) ?? acked)
      if (seen >= commits) running.kill("SIGKILL")
    })
    running.on("close", () => resolve(acked))
  })
}

const never = { leastDirtyBytes: Number.MAX_SAFE_INTEGER }

describe("a compacted topic whose process is killed", () => {
  const killsOf = (durability: string) => async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-compaction-kills-"))
    try {
      let fewest = 1
      for (let round = 0; round < 6; round++) {
        const acked = await commitAndKill(folder, durability, 100 + ((round * 67) % 230))
        await Effect.runPromise(
          Effect.gen(function* () {
            const transport = yield* Transport
            const log = yield* transport.openTask(writer)
            const commits = (yield* log.checkpoint)?.sequence ?? 0
            assert.isAbove(commits, acked)
            const all: readonly KeyedText[] = Array.from({ length: commits }, (_, n) => historyAt(n)).flat()
            const left = yield* readKeyed(transport)
            assert.deepStrictEqual(tableOf(left), tableOf(all))
            for (const { key, offset, value } of left)
              assert.deepStrictEqual({ key, value }, all[Number(offset)])
            const { given, kept } = yield* transport.appended(topic.name, 0)
            assert.deepStrictEqual([given, kept], [BigInt(all.length), BigInt(all.length)])
            fewest = Math.min(fewest, left.length / all.length)
          }).pipe(Effect.provide(embeddedTransport({ folder, compaction: never })))
        )
      }
      // It was compacted, and not only written.
      assert.isBelow(fewest, 0.5)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  it("has each key as it was written last, at its offset", killsOf("fsync"), 120_000)
  it("has each key as it was written last, where it flushes later", killsOf("async"), 120_000)
})
