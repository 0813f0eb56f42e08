import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { AuditLog } from "../audit/audit-log.ts"
import { registryLayer } from "../registry-layer.ts"
import { Subjects } from "../subject/subjects.ts"
import { sandboxManifestReader } from "../testing/sandbox-manifest-reader.ts"
import { listen, makeTestRegistry } from "../testing/test-registry.ts"
import { makeSender, sent } from "./testing/rest-story.ts"

const Registered = Schema.Struct({ id: Schema.Int, version: Schema.Int })
const decode = Schema.decodeUnknownSync(Registered)

/** Schemas that all go together, apart by their number. */
const numbered = (number: number): string => `{"type":"int","n":${number}}`

/** 1, 2, 3 … as many as there are. */
const dense = (numbers: readonly number[]): readonly number[] => numbers.map((_, index) => index + 1)

const inOrder = (numbers: Iterable<number>): readonly number[] => [...new Set(numbers)].sort((a, b) => a - b)

describe("registrations that come at the same time", () => {
  it("get ids and versions that are dense, one for each schema", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const send = makeSender(`${server.url}/schema-registry`, registry.token)
    let round = 0
    const ids = new Map<string, number>()
    const request = fc.record({ subject: fc.nat(3), schema: fc.nat(12), inContext: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 24 }), async (requests) => {
        round += 1
        const named = requests.map(({ inContext, schema, subject }) => ({
          subject: `${inContext ? ":.team:" : ""}s${round}-${subject}`,
          schema: numbered(schema)
        }))
        const replies = await Promise.all(
          named.map(async ({ schema, subject }) => ({
            subject,
            key: `${subject.startsWith(":") ? "team" : ""} ${schema}`,
            ...decode((await send(`POST /subjects/${subject}/versions`, sent(schema))).body)
          }))
        )
        for (const { id, key } of replies) {
          assert.equal(ids.get(key) ?? id, id, "one schema has one id in a context")
          ids.set(key, id)
        }
        assert.deepEqual(
          inOrder(ids.values()),
          dense([...ids.values()]),
          "ids are dense, and no two schemas share one"
        )
        for (const [subject, own] of Map.groupBy(replies, (reply) => reply.subject)) {
          const versions = inOrder(own.map(({ version }) => version))
          assert.deepEqual(versions, dense(versions), subject)
          assert.equal(versions.length, new Set(own.map(({ id }) => id)).size, subject)
        }
      }),
      { numRuns: 12 }
    )
  })
})

interface Killed {
  readonly ended: string
  /** Versions that were acknowledged before. */
  readonly acknowledged: readonly number[]
}

const program = join(import.meta.dirname, "../testing/register-and-die.ts")

const registerAndDie = (folder: string, moment: string, number: number): Promise<Killed> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder, moment, String(number)], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk
    })
    child.on("error", reject)
    child.on("close", (code, signal) => {
      const lines = output.split("\n").filter((line) => line.startsWith("200 "))
      const acknowledged = lines.map((line) => decode(JSON.parse(line.slice(4))).version)
      resolve({ ended: signal ?? String(code), acknowledged })
    })
  })

describe("a registration that is killed", () => {
  it("before it is committed leaves nothing; what was acknowledged stays, and so does its entry in the audit log", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace-register-"))
    try {
      const killed = await registerAndDie(folder, "before-commit", 3)
      assert.deepEqual(killed, { ended: "SIGKILL", acknowledged: [1, 2] })
      const look = Effect.gen(function* () {
        const { versions } = yield* Subjects.use((subjects) => subjects.versions("killed"))
        const again = yield* Subjects.use((subjects) =>
          subjects.register({ subject: "killed", schema: numbered(3), actor: "ann" })
        )
        const { entries } = yield* AuditLog.use((audit) => audit.list({}))
        const { brokenAt } = yield* AuditLog.use((audit) => audit.verify)
        const registered = entries.filter(({ action }) => action === "subject.register")
        return {
          versions: versions.map(({ id, version }) => [version, id]),
          again: [again.version, again.id],
          audited: registered.length,
          brokenAt
        }
      })
      const layer = registryLayer(folder).pipe(Layer.provide(sandboxManifestReader))
      assert.deepEqual(await Effect.runPromise(Effect.provide(look, layer)), {
        versions: [
          [1, 1],
          [2, 2]
        ],
        again: [3, 3],
        audited: 3,
        brokenAt: null
      })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
