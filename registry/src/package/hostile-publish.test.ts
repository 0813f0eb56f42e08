import { request as httpRequest } from "node:http"
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { assert, describe, it, vi } from "vitest"
import { archiveOf, type Entry, packageArchive, packageEntries, tarOf } from "../testing/archive-fixture.ts"
import {
  failureOf,
  listen,
  makeTestRegistry,
  refusalOf,
  type TestRegistry
} from "../testing/test-registry.ts"
import { openArchive } from "./archive.ts"

const [manifest, bundle] = packageEntries()
const path = "/api/packages/@acme/movies/versions/1.0.0"

const problemOf = async (archive: Uint8Array): Promise<string> => {
  const { code, details, path: entry } = await failureOf(openArchive(archive))
  return `${code} ${String(details?.["problem"])} ${entry ?? ""}`.trim()
}

const headersOf = (registry: TestRegistry) => ({
  authorization: `Bearer ${registry.token}`,
  "content-type": "application/gzip"
})

const noTrace = async (registry: TestRegistry): Promise<void> => {
  const headers = { authorization: `Bearer ${registry.token}` }
  assert.equal(
    (await refusalOf(await registry.request("/api/packages/@acme/movies", { headers }))).code,
    "PACKAGE_UNKNOWN"
  )
  assert.deepEqual(await registry.uploads(), [])
}

describe("an archive made to do harm", () => {
  it.each<readonly [string, string]>([
    ["an overlong dot-dot in UTF-8", "\u00c0\u00ae\u00c0\u00ae/\u00c0\u00ae\u00c0\u00ae/x"],
    ["an overlong slash in UTF-8", "types\u00c0\u00af..\u00c0\u00afx.d.ts"],
    ["a three-byte overlong slash", "types\u00e0\u0080\u00afx.d.ts"],
    ["a full-width slash", "types\u00ef\u00bc\u008fx.d.ts"],
    ["a backslash", "types\\..\\..\\x.d.ts"],
    ["a drive with a stream", "C:bundle.js"],
    ["an alternate data stream", "bundle.js::$DATA"],
    ["a share", "//server/share/x"],
    ["a device of Windows", "types/../con"],
    ["a URL", "file:///etc/passwd"],
    ["another spelling of a known name", "Bundle.js"],
    ["a trailing dot", "bundle.js."],
    ["a trailing blank", "bundle.js "],
    ["a trailing slash", "bundle.js/"],
    ["a doubled slash", "types//x.d.ts"],
    ["a homoglyph", "bundle.\u00d1\u0086s"],
    ["lifecycle scripts' home", "package.json"],
    ["a native addon", "build/Release/addon.node"],
    ["an archive in the archive", "bundle.js.tgz"],
    ["an empty name", ""]
  ])("is refused for an entry with %s", async (_, name) => {
    const refusal = await problemOf(archiveOf([manifest, bundle, { name, content: "x" }]))
    assert.match(refusal, /^ARCHIVE_INVALID a package has no file of this name/)
  })

  it("is refused for a link, and so is a file through it", async () => {
    const link: Entry = { name: "types", kind: "2" }
    const through: Entry = { name: "types/x.d.ts", content: "export {}" }
    assert.match(await problemOf(archiveOf([manifest, bundle, link, through])), /only regular files/)
    const hard: Entry = { name: "README.md", kind: "1" }
    assert.match(await problemOf(archiveOf([manifest, bundle, hard])), /only regular files .*README\.md/)
  })

  it("is refused when it would unpack to 10 GB, after 20 MB of them", async () => {
    const member = gzipSync(Buffer.alloc(10_000_000))
    const bomb = Buffer.concat(Array.from({ length: 1000 }, () => member))
    assert.isBelow(bomb.length, 20_000_000)
    assert.match(await problemOf(bomb), /more than 20000000 bytes/)
  })

  it("is refused when it holds a million files", async () => {
    const header = tarOf([{ name: "types/a.d.ts" }]).subarray(0, 512)
    const block = Buffer.concat(Array.from({ length: 10_000 }, () => header))
    const member = gzipSync(block)
    const million = Buffer.concat(Array.from({ length: 100 }, () => member))
    assert.match(await problemOf(million), /^ARCHIVE_INVALID it (?:holds|is packed) more than/)
  })

  it("is never opened twice: what is packed within it stays bytes", async () => {
    const inner = archiveOf([{ name: "../../x", content: "x" }])
    assert.match(await problemOf(archiveOf([manifest, { name: "bundle.js", content: inner }])), /not UTF-8/)
  })
})

describe("a body that lies about its size", () => {
  it("is cut off soon after 20 MB when it has no end", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const chunk = Buffer.alloc(1_000_000)
    const { sent, status } = await new Promise<{ readonly status: number; readonly sent: number }>(
      (resolve, reject) => {
        let bytes = 0
        let isDone = false
        const request = httpRequest(
          {
            host: "127.0.0.1",
            port: server.port,
            method: "PUT",
            path,
            headers: { ...headersOf(registry), host: `localhost:${server.port}` }
          },
          (reply) => {
            isDone = true
            resolve({ status: reply.statusCode ?? 0, sent: bytes })
            request.destroy()
          }
        )
        request.on("error", (error) => (isDone ? undefined : reject(error)))
        const more = (): void => {
          if (isDone || bytes > 200_000_000) return
          bytes += chunk.length
          request.write(chunk, more)
        }
        more()
      }
    )
    assert.equal(status, 413)
    assert.isBelow(sent, 100_000_000)
    await noTrace(registry)
  })

  it("is taken as long as it says it is, and refused for what is missing then", async () => {
    await using registry = await makeTestRegistry()
    await using server = await listen(registry)
    const archive = packageArchive()
    const announced = archive.length - 100
    const reply = await new Promise<string>((resolve, reject) => {
      let text = ""
      const socket = connect(server.port, "127.0.0.1", () => {
        const head = Object.entries({
          ...headersOf(registry),
          host: `localhost:${server.port}`,
          "content-length": announced
        })
        socket.write(
          `PUT ${path} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`
        )
        socket.write(archive)
      })
      socket.on("data", (bytes) => {
        text += bytes.toString("latin1")
        if (text.includes("\r\n\r\n")) resolve(text)
      })
      socket.on("error", reject).on("close", () => resolve(text))
    })
    // What follows is no request: that may be noticed before the archive is found to be cut.
    assert.match(reply, /^HTTP\/1\.1 (?:400|422) /)
    await vi.waitFor(() => noTrace(registry))
  })

  it("is refused unread when it announces too much, or another type", async () => {
    await using registry = await makeTestRegistry()
    const put = (headers: { readonly [name: string]: string }) =>
      registry.request(path, {
        method: "PUT",
        body: Buffer.from(packageArchive()),
        headers: { ...headersOf(registry), ...headers }
      })
    assert.equal((await refusalOf(await put({ "content-length": "20000001" }))).code, "REQUEST_TOO_LARGE")
    assert.equal(
      (await refusalOf(await put({ "content-type": "application/json" }))).code,
      "CONTENT_TYPE_UNSUPPORTED"
    )
    await noTrace(registry)
  })
})

describe("a name in the path", () => {
  it.each([
    "@acme/k\u0430fka",
    "@acme/Kafka",
    "@acme/kafka_sink",
    "@acme/-kafka",
    "@acme/kafka-",
    "@acme/k",
    `@acme/${"k".repeat(59)}`,
    "@a/kafka",
    `@${"a".repeat(21)}/kafka`,
    "acme/kafka",
    "@acme/kafka%00",
    "@acme/%2e%2e%2fkafka"
  ])("is refused when it is not plain: %s", async (name) => {
    await using registry = await makeTestRegistry()
    const reply = await registry.request(`/api/packages/${name}/versions/1.0.0`, {
      method: "PUT",
      body: Buffer.from(packageArchive()),
      headers: headersOf(registry)
    })
    assert.include([400, 404], reply.status)
    await noTrace(registry)
  })

  it("may be as long as the rules say: 2 to 20 for a scope, 2 to 58 for a name", async () => {
    await using registry = await makeTestRegistry()
    for (const name of [`@ab/cd`, `@${"a".repeat(20)}/${"k".repeat(58)}`]) {
      const reply = await registry.request(`/api/packages/${name}/versions/1.0.0`, {
        method: "PUT",
        body: Buffer.from(packageArchive({ name })),
        headers: headersOf(registry)
      })
      assert.equal(reply.status, 201, name)
    }
  })
})
