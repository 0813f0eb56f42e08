import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { alertsOf, applied, faultsFolder, type FaultyPipeline, isOf, receiver, untilAlert } from "./faults.ts"

// Each rule on the platform itself: it fires in the fault that it is for, and clears when the fault is mended by another revision.
// All times are a fiftieth of those in use.

const folder = temporaryFolder()
let platform: Platform

beforeAll(async () => {
  process.env["MILLRACE_ALERT_SCALE"] = "0.02"
  platform = await up({ data: folder.path, publish: [faultsFolder, join(root, "plugins/webhook")] })
})
afterAll(async () => {
  delete process.env["MILLRACE_ALERT_SCALE"]
  await platform.stop()
  folder.remove()
})

interface Fault {
  readonly rule: string
  readonly faulty: FaultyPipeline
  /** What mends it, beside a body that does nothing. */
  readonly mended?: Partial<FaultyPipeline> | "deleted"
  readonly labels: { readonly [name: string]: string }
}

const ofChain = (pipeline: string) => ({ pipeline, chain: "body" })
const ofNode = (pipeline: string) => ({ pipeline, node: "body" })

const faults: readonly Fault[] = [
  {
    rule: "dead-letters",
    faulty: { name: "letters", body: "does: fails, every: 50" },
    labels: ofNode("letters")
  },
  { rule: "failing", faulty: { name: "failing", body: "does: fails, every: 3" }, labels: ofNode("failing") },
  {
    rule: "lagging",
    faulty: { name: "lagging", body: "does: spins", alerts: "{ lagging: { for: 1s } }" },
    labels: ofChain("lagging")
  },
  {
    rule: "down",
    faulty: {
      name: "down",
      body: "does: fails",
      policy: "    onError: fail"
    },
    mended: { policy: "    onError: skip" },
    labels: { pipeline: "down" }
  },
  {
    rule: "late-data",
    faulty: {
      name: "late",
      plugin: "clocked",
      source: "late: true",
      more: "    watermark: { outOfOrderness: 1s }"
    },
    mended: { source: "late: false", more: "    watermark: { outOfOrderness: 1s }" },
    labels: ofNode("late")
  },
  {
    rule: "watermark-stuck",
    faulty: {
      name: "stuck",
      source: "partitions: 2, silent: true",
      more: "    watermark: { outOfOrderness: 1s }"
    },
    mended: {
      source: "partitions: 2, silent: true",
      more: "    watermark: { outOfOrderness: 1s, idleAfter: 1s }"
    },
    labels: ofChain("stuck")
  },
  {
    rule: "near-memory-limit",
    // A process may have a gigabyte and more; what one isolate may keep is a tenth of that.
    faulty: { name: "memory", body: "does: keeps", alerts: "{ near-memory-limit: { threshold: 0.1 } }" },
    mended: "deleted",
    labels: { domain: "@demo" }
  },
  {
    rule: "near-cpu-limit",
    // The machine may be shared: half a core is much where nothing is to be done.
    faulty: { name: "cpu", body: "does: spins", alerts: "{ near-cpu-limit: { threshold: 0.4, for: 1s } }" },
    labels: { domain: "@demo" }
  },
  {
    rule: "stalled",
    // The first record alone: after three deadlines it is a dead letter, and the others come through.
    faulty: { name: "stalled", body: "does: hangs, every: 1000000" },
    labels: ofChain("stalled")
  }
]

/** A deadline takes its ten seconds, three times, and machines may do much else. */
const patienceSeconds = 110

describe("on the platform", () => {
  it.each(faults.map((fault) => [fault.rule, fault] as const))(
    "%s fires in its fault and clears when it is mended",
    async (rule, { faulty, labels, mended }) => {
      await applied(platform, faulty)
      const fired = await untilAlert(platform, rule, labels, { state: "firing", seconds: patienceSeconds })
      assert.notMatch(`${fired.summary} ${fired.remedy}`, /[{}]|undefined|NaN/)
      if (mended !== "deleted") await applied(platform, { ...faulty, body: "does: nothing", ...mended })
      else await platform.command("pipeline", "delete", faulty.name)
      const cleared = await untilAlert(platform, rule, labels, {
        state: "resolved",
        seconds: patienceSeconds
      })
      assert.strictEqual(cleared.id, fired.id)
      if (mended !== "deleted") await platform.command("pipeline", "delete", faulty.name)
    },
    3 * patienceSeconds * 1_000
  )

  it(
    "retrying fires while what a sink speaks to is down, and clears when it is up",
    async () => {
      const down = await receiver()
      down.answers.push(...Array.from<number>({ length: 100_000 }).fill(500))
      await applied(
        platform,
        `pipeline: retrying
owner: studio
alerts: { retrying: { threshold: 1 } }
nodes:
  beats: { source: "@demo/faults@^1", stream: retrying.beats, partitions: 1 }
  out:
    sink: "@millrace/webhook@^1"
    from: beats
    with: { url: "${down.url}", batch: array, retry: { attempts: 1, backoffMs: 10 } }
`
      )
      const labels = { pipeline: "retrying", chain: "out" }
      await untilAlert(platform, "retrying", labels, { state: "firing", seconds: patienceSeconds })
      down.answers.length = 0
      await untilAlert(platform, "retrying", labels, { state: "resolved", seconds: patienceSeconds })
      await platform.command("pipeline", "delete", "retrying")
      await down.close()
    },
    3 * patienceSeconds * 1_000
  )

  it(
    "restarting fires when a sandbox process dies again and again, and clears when it stays",
    async () => {
      await applied(platform, { name: "restarting" })
      const labels = { domain: "@demo" }
      const killed = new Set<number>()
      const fired = await until(
        async () => {
          for (const pid of await sandboxPids()) {
            if (killed.size > 3 || killed.has(pid)) continue
            killed.add(pid)
            process.kill(pid, "SIGKILL")
          }
          return (await alertsOf(platform)).filter((alert) => isOf(alert, "restarting", labels))
        },
        (alerts) => alerts.some(({ state }) => state === "firing"),
        patienceSeconds
      )
      assert.lengthOf(fired, 1)
      await untilAlert(platform, "restarting", labels, { state: "resolved", seconds: patienceSeconds })
      await platform.command("pipeline", "delete", "restarting")
    },
    3 * patienceSeconds * 1_000
  )
})

const decodeStatus = Schema.decodeUnknownSync(PlatformStatus)

/** Of the domain that is watched: others may have processes too. */
const sandboxPids = async (): Promise<readonly number[]> =>
  decodeStatus((await platform.get("/api/status")).body)
    .sandboxes.filter(({ domain }) => domain === "@demo")
    .map(({ pid }) => pid)

const unshare = spawnSync("unshare", ["-rm", "true"]).status === 0 ? ["unshare", "-rm"] : undefined

// A disk of its own: a tmpfs in a mount namespace, as in test/input/full-disk.test.ts.
describe.skipIf(unshare === undefined)("on a small disk", () => {
  it(
    "disk-nearly-full fires when it is, and clears when there is room",
    async () => {
      const small = temporaryFolder()
      const data = join(small.path, "disk")
      mkdirSync(data)
      const mount = `mount -t tmpfs -o size=64m none "$0" && exec "$@"`
      const own = await up({
        data,
        wrapper: [...(unshare ?? []), "sh", "-c", mount, data],
        read: (pid, path) => readFileSync(`/proc/${pid}/root${path}`, "utf8")
      })
      const within = (command: string): void => {
        const args = ["-t", String(own.pid), "-m", "-U", "--preserve-credentials", "sh", "-c", command]
        execFileSync("nsenter", args, { stdio: "ignore" })
      }
      try {
        within(`head -c 58m /dev/zero > ${data}/ballast || true`)
        const fired = await untilAlert(
          own,
          "disk-nearly-full",
          {},
          { state: "firing", seconds: patienceSeconds }
        )
        assert.strictEqual(fired.owner, "")
        within(`rm ${data}/ballast`)
        await untilAlert(own, "disk-nearly-full", {}, { state: "resolved", seconds: patienceSeconds })
      } finally {
        await own.stop()
        small.remove()
      }
    },
    3 * patienceSeconds * 1_000
  )
})
