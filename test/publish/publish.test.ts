import { cpSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { PublishReport } from "@millrace/sdk/api"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { command, type Platform, root, temporaryFolder, up } from "../input/program.ts"

// An author's package through its versions: what is shown, what is refused, and who may.

const folder = temporaryFolder()
const project = join(folder.path, "risk")
let platform: Platform

interface Version {
  readonly version: string
  readonly fields?: string
  readonly uses?: string
}

const write = ({ fields = "", uses = "", version }: Version, at = project): void => {
  mkdirSync(join(at, "src"), { recursive: true })
  const scope = join(at, "node_modules/@millrace")
  mkdirSync(scope, { recursive: true })
  try {
    symlinkSync(join(root, "sdk"), join(scope, "sdk"))
    symlinkSync(join(root, "node_modules/effect"), join(at, "node_modules/effect"))
  } catch {
    // They are there from the version before.
  }
  const json = { name: "@acme/risk", version, description: "Rates orders", type: "module" }
  writeFileSync(join(at, "package.json"), `${JSON.stringify(json, null, 4)}\n`)
  writeFileSync(
    join(at, "src/index.ts"),
    `import { Contract, clock, defineProcessor, Schema } from "@millrace/sdk"
export class Order extends Contract<Order>()({
  subject: "shop.orders", key: "id", schema: Schema.Struct({ id: Schema.String, amount: Schema.Number })
}) {}
export class Rated extends Contract<Rated>()({
  subject: "acme.rated", key: "id", schema: Schema.Struct({ id: Schema.String, ${fields}risk: Schema.Number })
}) {}
export const risk = defineProcessor({
  name: "risk", input: Order, output: Rated, uses: { ${uses} },
  map: ({ id, amount }) => Rated.make({ id, ${fields.includes("reason") ? 'reason: "", ' : ""}${fields.includes("why") ? "why: null, " : ""}risk: amount })
})
void clock
`
  )
}

/** What `--dry-run --json` reports. */
const reported = async (): Promise<PublishReport> => {
  const { exit, stderr, stdout } = await publish("--dry-run", "--json")
  assert.strictEqual(exit, 0, stderr)
  const { report }: { readonly report: PublishReport } = JSON.parse(stdout)
  return report
}

const publish = (...args: readonly string[]) => platform.command("publish", project, ...args)

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data") })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("publishing a package through its versions", () => {
  it("shows what it would do, and does nothing, with --dry-run", async () => {
    write({ version: "1.0.0" })
    const dry = await publish("--dry-run")
    assert.strictEqual(dry.exit, 0, dry.stderr)
    assert.include(dry.stdout, "@acme/risk@1.0.0, its first version")
    assert.include(dry.stdout, "would be published; nothing was")
    assert.strictEqual((await platform.command("show", "@acme/risk")).errors[0]?.code, "PACKAGE_UNKNOWN")
    const real = await publish()
    assert.strictEqual(real.exit, 0, real.stderr)
    assert.include((await publish()).stdout, "is there already, unchanged")
  })

  it("refuses other content under a number that is taken, and says which is free", async () => {
    write({ version: "1.0.0", fields: "reason: Schema.String, " })
    const { exit, errors } = await publish()
    assert.strictEqual(exit, 1)
    assert.strictEqual(errors[0]?.code, "VERSION_EXISTS")
    assert.include(errors[0]?.remedy ?? "", "1.1.0")
  })

  it("refuses a version that changes more than its number says, and raises it with --bump", async () => {
    write({ version: "1.0.1", fields: "reason: Schema.String, " })
    const small = await publish()
    assert.strictEqual(small.exit, 65)
    assert.strictEqual(small.errors[0]?.code, "VERSION_TOO_SMALL")
    assert.include(small.errors[0]?.remedy ?? "", "1.1.0")
    assert.match(small.stdout, /minor risk outputs\.output.*reason/)
    const report: { readonly report: PublishReport } = JSON.parse(
      (await publish("--dry-run", "--bump", "--json")).stdout || "{}"
    )
    assert.isUndefined(report.report)
    const bumped = await publish("--bump")
    assert.strictEqual(bumped.exit, 0, bumped.stderr)
    assert.include(bumped.stdout, "@acme/risk@1.1.0 published")
    assert.strictEqual(
      readFileSync(join(project, "package.json"), "utf8"),
      `${JSON.stringify({ name: "@acme/risk", version: "1.1.0", description: "Rates orders", type: "module" }, null, 4)}\n`
    )
  })

  it("publishes wider permissions only as a major version, and only when told that they are meant", async () => {
    write({ version: "1.2.0", fields: "reason: Schema.String, ", uses: "time: clock()" })
    assert.strictEqual((await publish("--yes")).errors[0]?.code, "VERSION_TOO_SMALL")
    write({ version: "2.0.0", fields: "reason: Schema.String, ", uses: "time: clock()" })
    const asked = await publish()
    assert.strictEqual(asked.exit, 77)
    assert.strictEqual(asked.errors[0]?.code, "PERMISSIONS_WIDER")
    assert.include(asked.stdout, "clock")
    assert.strictEqual((await publish("--yes")).exit, 0)
  })

  it("says which pipelines a version would concern, and how", async () => {
    writeFileSync(join(folder.path, "orders.ndjson"), `${JSON.stringify({ id: "a", amount: 3 })}\n`)
    const file = join(folder.path, "orders.pipeline.yaml")
    writeFileSync(
      file,
      `pipeline: orders
nodes:
  orders:
    source: "@millrace/files@^1"
    with: { path: orders.ndjson, format: ndjson, record: shop.Order, key: [id], fields: { id: { type: string }, amount: { type: double } } }
  rated: { use: "@acme/risk@^2", from: orders, stream: acme.rated }
`
    )
    const files = await platform.command("publish", join(root, "plugins/files"))
    assert.strictEqual(files.exit, 0, files.stderr)
    const applied = await platform.command("apply", file, "--grant")
    assert.strictEqual(applied.exit, 0, applied.stderr)
    write({ version: "2.0.1", fields: "", uses: "time: clock()" })
    const { stdout } = await publish("--dry-run", "--json")
    assert.strictEqual(stdout, "")
    write({
      version: "2.1.0",
      fields: "reason: Schema.String, why: Schema.NullOr(Schema.String), ",
      uses: "time: clock()"
    })
    const minor = await reported()
    assert.deepStrictEqual(
      minor.pipelines.map(({ desired, nodes, pipeline }) => ({ desired, nodes, pipeline })),
      [
        {
          desired: "running",
          nodes: [{ node: "rated", range: "^2", from: "2.0.0", effect: "keeps", why: [] }],
          pipeline: "orders"
        }
      ]
    )
    write({ version: "3.0.0", uses: "time: clock()" })
    const major = await reported()
    assert.strictEqual(major.pipelines[0]?.nodes[0]?.effect, "stays")
    assert.strictEqual(major.required, "major")
  })

  it("builds the same bytes from the same files, wherever and whenever they lie", async () => {
    const other = join(folder.path, "elsewhere", "deep", "risk")
    write({ version: "3.0.0" })
    write({ version: "3.0.0" }, other)
    cpSync(join(project, "package.json"), join(other, "package.json"))
    utimesSync(join(other, "src/index.ts"), 1, 1)
    const digest = async (at: string): Promise<string> => {
      const built = await command(["build", at, "--out", join(folder.path, "out"), "--json"])
      const { integrity }: { readonly integrity: string } = JSON.parse(built.stdout)
      return integrity
    }
    assert.strictEqual(await digest(project), await digest(other))
  })

  it("yanks and deprecates, for a reason, and takes it back", async () => {
    const yank = (...args: readonly string[]) => platform.command("yank", "@acme/risk@1.1.0", ...args)
    assert.strictEqual((await yank()).errors[0]?.code, "REASON_MISSING")
    assert.strictEqual((await yank("--reason", "loses records")).exit, 0)
    const resolved = async (range: string) =>
      (await platform.get(`/api/packages/@acme/risk/resolve?range=${encodeURIComponent(range)}`)).body
    assert.deepInclude(await resolved("^1"), { version: "1.0.0" })
    assert.strictEqual((await yank("--undo")).exit, 0)
    assert.deepInclude(await resolved("^1"), { version: "1.1.0" })
    const deprecated = await platform.command("deprecate", "@acme/risk@1.1.0", "--reason", "use 2.0")
    assert.strictEqual(deprecated.exit, 0)
    assert.deepInclude(await resolved("^1"), { version: "1.0.0" })
  })

  it("says so in the plan of a pipeline that still runs the version, which goes on", async () => {
    const file = join(folder.path, "orders.pipeline.yaml")
    const planned = async () => (await platform.command("plan", file)).stdout
    const mark = async (command: string, ...args: readonly string[]) =>
      assert.strictEqual((await platform.command(command, "@acme/risk@2.0.0", ...args)).exit, 0)
    assert.notInclude(await planned(), "@acme/risk@2.0.0 ")
    await mark("deprecate", "--reason", "use 3.0")
    assert.include(await planned(), "@acme/risk@2.0.0 is deprecated: use 3.0")
    await mark("yank", "--reason", "loses records")
    assert.include(await planned(), "@acme/risk@2.0.0 was yanked: loses records")
    const applied = await platform.command("apply", file)
    assert.strictEqual(applied.exit, 0, applied.stderr)
    await mark("yank", "--undo")
    await mark("deprecate", "--undo")
  })
})

describe("tokens", () => {
  it("allow what their scopes say, until they are revoked", async () => {
    const created = await platform.command(
      "token",
      "create",
      "ci",
      "--scope",
      "publish:@acme",
      "--expires",
      "1h"
    )
    assert.strictEqual(created.exit, 0, created.stderr)
    const token = created.stdout.trim()
    assert.match(token, /^mlr_/)
    const env = { MILLRACE_TOKEN: token }
    write({ version: "3.0.0" })
    const url = ["--url", platform.url]
    assert.strictEqual((await command(["publish", project, "--yes", ...url], { env })).exit, 0)
    const foreign = await command(["publish", join(root, "plugins/mask"), ...url], { env })
    assert.strictEqual(foreign.errors[0]?.code, "FORBIDDEN")
    assert.strictEqual((await command(["token", "list", ...url], { env })).errors[0]?.code, "FORBIDDEN")
    const list: readonly { readonly id: number; readonly name: string }[] = JSON.parse(
      (await platform.command("token", "list", "--json")).stdout
    )
    const { id = -1 } = list.find(({ name }) => name === "ci") ?? {}
    assert.strictEqual((await platform.command("token", "revoke", String(id))).exit, 0)
    const after = await command(["publish", project, "--yes", ...url], { env })
    assert.strictEqual(after.errors[0]?.code, "TOKEN_REVOKED")
    assert.strictEqual(after.exit, 77)
  })

  it("are kept by login, readable by their owner alone, and forgotten by logout", async () => {
    const issued = await platform.command("token", "create", "laptop", "--scope", "publish:@acme")
    const config = join(folder.path, "config")
    const env = { XDG_CONFIG_HOME: config, MILLRACE_TOKEN: undefined }
    const login = await command(["login", platform.url], { env, input: issued.stdout })
    assert.strictEqual(login.exit, 0, login.stderr)
    assert.include(login.stdout, "as laptop (publish:@acme)")
    const file = join(config, "millrace/credentials.json")
    assert.include(readFileSync(file, "utf8"), issued.stdout.trim())
    const dry = await command(["publish", project, "--dry-run", "--url", platform.url], { env })
    assert.strictEqual(dry.exit, 0, dry.stderr)
    const bad = await command(["login", platform.url], { env, input: "mlr_nonsense" })
    assert.strictEqual(bad.errors[0]?.code, "UNAUTHENTICATED")
    assert.strictEqual((await command(["logout", platform.url], { env })).exit, 0)
    assert.notInclude(readFileSync(file, "utf8"), issued.stdout.trim())
  })
})
