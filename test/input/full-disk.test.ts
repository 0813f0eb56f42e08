import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { apply, at, idsOn, orderIds, statusOf, untilState } from "./pipelines.ts"
import { bin, ordersFolder, temporaryFolder, until, up } from "./program.ts"

// A disk of its own for the platform: a tmpfs in a mount namespace. Needs Linux and the right to make one (root, or
// user namespaces); elsewhere the suite is skipped by name.
const folder = temporaryFolder()
const data = join(folder.path, "disk")
mkdirSync(data)
afterAll(() => folder.remove())

const unshare = spawnSync("unshare", ["-rm", "true"]).status === 0 ? ["unshare", "-rm"] : undefined

const diskOf = (size: string): readonly string[] => [
  ...(unshare ?? []),
  "sh",
  "-c",
  `mount -t tmpfs -o size=${size} none "$0" && exec "$@"`,
  data
]

/** A file as a process sees it. */
const readAs = (pid: number, path: string): string => readFileSync(`/proc/${pid}/root${path}`, "utf8")

const inNamespaceOf = (pid: number, ...args: readonly string[]): string =>
  execFileSync("nsenter", ["-t", String(pid), "-m", "-U", "--preserve-credentials", ...args], {
    encoding: "utf8"
  })

const count = 2_000
const pipeline = `pipeline: shop
nodes:
  source: { source: "@demo/orders@^1", with: { count: ${count}, noteBytes: 20000 } }
  passes: { use: "@demo/orders#passes@^1", from: source, stream: shop.out }
`

describe.skipIf(unshare === undefined)("a full disk", () => {
  it("holds a pipeline up and says so, refuses to publish, and loses and repeats nothing once there is room", async () => {
    const platform = await up({ data, publish: [ordersFolder], wrapper: diskOf("24m"), read: readAs })
    try {
      await apply(platform, pipeline)
      const held = await until(
        () => statusOf(platform, "shop"),
        ({ tasks }) => tasks.some(({ error }) => error !== undefined)
      )
      const [task] = held.tasks.filter(({ error }) => error !== undefined)
      assert.deepInclude(task, { state: "retrying" })
      assert.strictEqual(task?.error?.code, "TRANSPORT_DISK_FULL")
      assert.match(task?.error?.message ?? "", /no space left for .*disk/)
      const written = await idsOn(platform, "shop.out")
      assert.deepStrictEqual(written, orderIds(written.length))
      assert.isBelow(written.length, count)
      const free = inNamespaceOf(platform.pid, "sh", "-c", `df -k --output=avail ${data} | tail -1`)
      inNamespaceOf(
        platform.pid,
        "sh",
        "-c",
        `head -c ${Number(free) * 1024} /dev/zero > ${data}/ballast || true`
      )
      const refused = await platform.send("POST", "/api/tokens", { name: "more", scopes: ["publish"] })
      assert.strictEqual(at(refused, "error", "code"), "STORE_FULL", JSON.stringify(refused.body))
      inNamespaceOf(platform.pid, "mount", "-o", "remount,size=256m", data)
      await untilState(platform, "shop")
      assert.deepStrictEqual(await idsOn(platform, "shop.out"), orderIds(count))
    } finally {
      await platform.stop()
    }
  })

  it("is told at the start", async () => {
    const [program = "sh", ...args] = diskOf("64k")
    const started = spawnSync(
      program,
      [...args, process.execPath, bin, "up", "--data", data, "--port", "0"],
      { encoding: "utf8", timeout: 30_000 }
    )
    assert.match(started.stderr, /error DISK_FULL: /)
    assert.match(started.stderr, /remedy: \S+/)
    assert.strictEqual(started.status, 69)
  })
})
