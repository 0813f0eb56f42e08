import { connect } from "node:net"
import { readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it, vi } from "vitest"
import { integrityOf } from "../integrity.ts"
import { Packages } from "./packages.ts"
import {
  archiveOf,
  bundleOf,
  packageArchive,
  packageEntries,
  pluginOf,
  tarOf
} from "../testing/archive-fixture.ts"
import {
  failureOf,
  listen,
  makeTestRegistry,
  refusalOf,
  run,
  type TestRegistry
} from "../testing/test-registry.ts"
import { testServer } from "../testing/own-database.ts"
import { openArchive } from "./archive.ts"

const movies = { scope: "@acme", name: "movies" }
const net = { kind: "net", host: "films.example" }

/** Publishes a fixture through the app. */
const publish = (
  registry: TestRegistry,
  name: string,
  version: string,
  archive = packageArchive({ name, version })
) =>
  registry.request(`/api/packages/${name}/versions/${version}`, {
    method: "PUT",
    body: Buffer.from(archive),
    headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/gzip" }
  })

const codeOf = async (reply: Promise<Response>) => (await refusalOf(await reply)).code

describe("publishing", () => {
  it("makes a version that can be listed, resolved and fetched, byte for byte", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const { client } = server
    const archive = packageArchive({ readme: "# Films" })
    const params = { ...movies, version: "1.0.0" }
    const published = await run(client.publishVersion({ params, body: archive }))
    assert.equal(published.integrity, integrityOf(archive))
    assert.equal(published.publishedBy, "test-admin")
    const fetched = await run(client.getArchive({ params }))
    assert.deepEqual(Buffer.from(fetched.bytes), Buffer.from(archive))
    assert.equal((await run(openArchive(fetched.bytes))).readme, "# Films")
    const { packages } = await run(client.listPackages({ query: { search: "MOV" } }))
    assert.deepInclude(packages[0], { name: "@acme/movies", latest: "1.0.0", kinds: ["processor"] })
    assert.deepEqual((await run(client.listPackages({ query: { search: "m%" } }))).packages, [])
    const resolved = await run(client.resolvePackage({ params: movies, query: { range: "^1" } }))
    assert.equal(resolved.version, "1.0.0")
    assert.equal((await run(client.getPackage({ params: movies }))).versions.length, 1)
    assert.equal((await run(client.getVersion({ params }))).manifest.plugins[0]?.name, "films")
  })

  it("refuses a version that is there, with the same or other bytes, yanked or not, and keeps the first", async () => {
    await using registry = await makeTestRegistry()
    assert.equal((await publish(registry, "@acme/movies", "1.0.0")).status, 201)
    const other = packageArchive({ salt: "other" })
    for (const archive of [packageArchive(), other])
      assert.equal(await codeOf(publish(registry, "@acme/movies", "1.0.0", archive)), "VERSION_EXISTS")
    await registry.request("/api/packages/@acme/movies/versions/1.0.0", {
      method: "PATCH",
      body: JSON.stringify({ yanked: "broken" }),
      headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/json" }
    })
    assert.equal(await codeOf(publish(registry, "@acme/movies", "1.0.0", other)), "VERSION_EXISTS")
  })

  it("lets exactly one of fifty simultaneous publishes of a version win", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const body = packageArchive({ salt: String(index) })
        const call = server.client.publishVersion({ params: { ...movies, version: "1.0.0" }, body })
        return Effect.runPromise(
          Effect.match(call, {
            onSuccess: ({ integrity }) => integrity,
            onFailure: (error) => (error._tag === "ApiError" ? error.code : error.reason)
          })
        )
      })
    )
    const winners = results.filter((result) => result.startsWith("sha512-"))
    assert.equal(winners.length, 1)
    assert.deepEqual(
      results.filter((result) => result !== winners[0]),
      Array.from({ length: 49 }, () => "VERSION_EXISTS")
    )
    const kept = await run(server.client.getArchive({ params: { ...movies, version: "1.0.0" } }))
    assert.equal(kept.integrity, winners[0])
  })

  it("refuses an archive of another name or version than the path's", async () => {
    await using registry = await makeTestRegistry()
    const archive = packageArchive()
    for (const [name, version] of [
      ["@acme/films", "1.0.0"],
      ["@acme/movies", "1.0.1"]
    ] as const)
      assert.equal(await codeOf(publish(registry, name, version, archive)), "MANIFEST_MISMATCH")
  })

  it("refuses a manifest that says less than the bundle does", async () => {
    await using registry = await makeTestRegistry()
    const [manifest] = packageEntries()
    const bundle = bundleOf([pluginOf({ permissions: [net] })])
    const parsed: object = JSON.parse(String(manifest.content))
    const content = JSON.stringify({ ...parsed, bundle: integrityOf(Buffer.from(bundle)) })
    const archive = archiveOf([
      { name: "manifest.json", content },
      { name: "bundle.js", content: bundle }
    ])
    const refusal = await refusalOf(await publish(registry, "@acme/movies", "1.0.0", archive))
    assert.deepInclude(refusal, { code: "MANIFEST_MISMATCH", path: "manifest.json.plugins" })
  })

  it("refuses a bundle that throws, hangs, or gives no JSON", async () => {
    await using registry = await makeTestRegistry()
    for (const bundle of [
      `throw new Error("boom")`,
      `var __millrace_bundle = { manifest: () => "nonsense" }`
    ]) {
      const [manifest] = packageEntries()
      const parsed: object = JSON.parse(String(manifest.content))
      const content = JSON.stringify({ ...parsed, bundle: integrityOf(Buffer.from(bundle)) })
      const entries = [
        { name: "manifest.json", content },
        { name: "bundle.js", content: bundle }
      ]
      assert.equal(
        await codeOf(publish(registry, "@acme/movies", "1.0.0", archiveOf(entries))),
        "BUNDLE_REFUSED"
      )
    }
  })

  it("refuses names that can be mistaken for one that is there", async () => {
    await using registry = await makeTestRegistry()
    assert.equal((await publish(registry, "@acme/kafka-sink0", "1.0.0")).status, 201)
    for (const name of ["@acme/kafkasink0", "@acme/kafka-sinko", "@acme/ka-fka-sink0"])
      assert.equal(await codeOf(publish(registry, name, "1.0.0")), "NAME_TOO_SIMILAR")
    assert.equal(await codeOf(publish(registry, "@ac-me/other", "1.0.0")), "NAME_TOO_SIMILAR")
    assert.equal((await publish(registry, "@other/kafkasink0", "1.0.0")).status, 201)
  })

  it("asks for a new major version when permissions widen, and lets them narrow", async () => {
    await using registry = await makeTestRegistry()
    const name = "@acme/movies"
    const send = (version: string, permissions: readonly unknown[]) =>
      publish(registry, name, version, packageArchive({ version, permissions }))
    assert.equal((await send("1.0.0", [net])).status, 201)
    assert.equal((await send("1.1.0", [])).status, 201)
    const refusal = await refusalOf(await send("1.2.0", [net]))
    assert.equal(refusal.code, "VERSION_TOO_SMALL")
    assert.deepEqual(refusal.details?.["previous"], "1.1.0")
    assert.deepEqual(refusal.details?.["smallest"], "2.0.0")
    assert.equal((await send("2.0.0", [net, { kind: "clock" }])).status, 201)
    // A late patch of the old line is held to its own line.
    assert.equal((await send("1.0.1", [net])).status, 201)
  })

  it("asks for a new major version when a contract breaks, in either direction", async () => {
    await using registry = await makeTestRegistry()
    const year = { name: "year", type: "int" }
    const rating = { name: "rating", type: ["null", "double"], default: null }
    const send = (version: string, fields: readonly unknown[], inputs: readonly unknown[] = []) =>
      publish(registry, "@acme/movies", version, packageArchive({ version, fields, inputs }))
    assert.equal((await send("1.0.0", [year])).status, 201)
    assert.equal((await send("1.1.0", [year, rating])).status, 201)
    // Who reads the output by 1.1.0 misses the year, and by the rating's default nothing else.
    const refusal = await refusalOf(await send("1.2.0", []))
    assert.equal(refusal.code, "VERSION_TOO_SMALL")
    assert.include(JSON.stringify(refusal.details), "year")
    assert.equal((await send("2.0.0", [], [rating])).status, 201)
    // An input that asks for what yesterday's records do not have.
    assert.equal(await codeOf(send("2.1.0", [], [year])), "VERSION_TOO_SMALL")
    assert.equal((await send("2.1.0", [], [])).status, 201)
  })

  it("publishes nothing of a body that ends before its announced length", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const archive = packageArchive()
    const head = [
      "PUT /api/packages/@acme/movies/versions/1.0.0 HTTP/1.1",
      `Host: localhost:${server.port}`,
      `Authorization: Bearer ${registry.token}`,
      "Content-Type: application/gzip",
      `Content-Length: ${archive.length + 100}`,
      "",
      ""
    ].join("\r\n")
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, "127.0.0.1", () => {
        socket.write(head)
        socket.end(archive)
      })
      socket.on("close", () => resolve()).on("error", () => resolve())
      socket.resume()
    })
    assert.equal(
      await failureOf(server.client.getPackage({ params: movies })).then((error) => error.message),
      "There is no package @acme/movies"
    )
    // The server notices the broken connection in its own time.
    await vi.waitFor(async () => assert.deepEqual(await registry.uploads(), []))
  })

  it("shows a README's null characters as what Markdown makes of them", async () => {
    await using registry = await makeTestRegistry()
    const archive = packageArchive({ readme: "# A\0b" })
    assert.equal((await publish(registry, "@acme/movies", "1.0.0", archive)).status, 201)
    const { readme } = await registry.runtime.runPromise(
      Packages.use((packages) => packages.version("@acme/movies", "1.0.0"))
    )
    assert.equal(readme, "# A\uFFFDb")
  })

  it("refuses more than 20 MB, announced or streamed, and leaves nothing behind", async () => {
    await using registry = await makeTestRegistry()
    const large = new Uint8Array(20_000_001)
    const streamed = await registry.request("/api/packages/@acme/movies/versions/1.0.0", {
      method: "PUT",
      body: new ReadableStream({
        start: (controller) => {
          controller.enqueue(large)
          controller.close()
        }
      }),
      duplex: "half",
      headers: { authorization: `Bearer ${registry.token}`, "content-type": "application/gzip" }
    })
    assert.equal((await refusalOf(streamed)).code, "REQUEST_TOO_LARGE")
    assert.equal(await codeOf(publish(registry, "@acme/movies", "1.0.0", large)), "REQUEST_TOO_LARGE")
    assert.deepEqual(await registry.uploads(), [])
  })

  it.skipIf(testServer !== undefined)("never serves an archive that was changed on the disk", async () => {
    await using registry = await makeTestRegistry()
    await publish(registry, "@acme/movies", "1.0.0")
    const files = await readdir(join(registry.folder, "bundles"), { recursive: true, withFileTypes: true })
    const file = files.find((each) => each.isFile())
    assert.isDefined(file)
    await writeFile(join(file.parentPath, file.name), tarOf([]))
    const headers = { authorization: `Bearer ${registry.token}` }
    const reply = await registry.request("/api/packages/@acme/movies/versions/1.0.0/archive", { headers })
    assert.deepInclude(await refusalOf(reply), { code: "ARCHIVE_CORRUPT", status: 500 })
  })
})
