import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { HostReply, HostRequest, HostRequestError } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { nodePlan } from "../testing/scripted-plan.ts"
import { hostRequests } from "./host-requests.ts"

let folder = ""
let granted = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-files-"))
  granted = join(folder, "granted")
  mkdirSync(granted)
  writeFileSync(join(folder, "secret"), "secret")
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function serve() {
  const node = {
    ...nodePlan("n", "p", "processor"),
    permissions: [
      { handle: "in", permission: { kind: "read", path: granted } },
      { handle: "out", permission: { kind: "write", path: granted } },
      { handle: "unresolved", permission: { kind: "read", path: { config: "/path" } } },
      { handle: "time", permission: { kind: "clock" } },
      { handle: "dice", permission: { kind: "random" } }
    ]
  } as const
  return hostRequests("pipe", [node])
}

function ask(
  handle: string,
  operation: string,
  payload: unknown,
  bytes?: Uint8Array
): Promise<HostReply | HostRequestError> {
  const request: HostRequest = { node: "n", handle, operation, payload, bytes }
  return Effect.runPromise(
    Effect.match(serve()(request), { onSuccess: (reply) => reply, onFailure: (error) => error })
  )
}

async function codeOf(answer: Promise<HostReply | HostRequestError>): Promise<string> {
  const found = await answer
  return "code" in found ? found.code : "answered"
}

const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value))

describe("file requests", () => {
  it("write at a place, cutting off what was after, and are the same when done again", async () => {
    for (let i = 0; i < 2; i++) {
      assert.strictEqual(
        await codeOf(ask("out", "writeAt", { path: "a/b.txt", offset: 0 }, text("hello world"))),
        "answered"
      )
      assert.strictEqual(
        await codeOf(ask("out", "writeAt", { path: "a/b.txt", offset: 5 }, text("!"))),
        "answered"
      )
    }
    assert.strictEqual(readFileSync(join(granted, "a/b.txt"), "utf8"), "hello!")
    assert.strictEqual(await codeOf(ask("out", "sync", { path: "a/b.txt" })), "answered")
    assert.strictEqual(
      await codeOf(ask("out", "writeAt", { path: "a/b.txt", offset: 7 }, text("x"))),
      "FILE_TOO_SHORT"
    )
  })

  it("rename and remove, and are the same when done again", async () => {
    writeFileSync(join(granted, "from"), "x")
    for (let i = 0; i < 2; i++)
      assert.strictEqual(await codeOf(ask("out", "rename", { from: "from", to: "sub/to" })), "answered")
    assert.strictEqual(readFileSync(join(granted, "sub/to"), "utf8"), "x")
    assert.strictEqual(await codeOf(ask("out", "rename", { from: "gone", to: "nowhere" })), "NOT_FOUND")
    for (let i = 0; i < 2; i++)
      assert.strictEqual(await codeOf(ask("out", "remove", { path: "sub/to" })), "answered")
  })

  it("list regular files in order and read parts of them", async () => {
    for (const name of ["b", "a", "c"]) writeFileSync(join(granted, name), `${name}${name}`)
    mkdirSync(join(granted, "d"))
    writeFileSync(join(granted, "d/e"), "")
    symlinkSync(join(folder, "secret"), join(granted, "link"))
    assert.deepStrictEqual(await ask("in", "list", { path: "" }), {
      result: {
        files: [
          { path: "a", size: 2 },
          { path: "b", size: 2 },
          { path: "c", size: 2 },
          { path: "d/e", size: 0 }
        ]
      }
    })
    const read = await ask("in", "read", { path: "b", offset: 1, length: 100 })
    assert.deepStrictEqual(read, { result: {}, bytes: text("b") })
    assert.deepStrictEqual(await ask("in", "stat", { path: "nothing" }), { result: { file: null } })
    assert.strictEqual(
      await codeOf(ask("in", "read", { path: "nothing", offset: 0, length: 1 })),
      "NOT_FOUND"
    )
    assert.strictEqual(await codeOf(ask("in", "read", { path: "d", offset: 0, length: 1 })), "NOT_FOUND")
  })

  it("serve a granted single file by the empty path", async () => {
    writeFileSync(join(granted, "one"), "1")
    granted = join(granted, "one")
    assert.deepStrictEqual(await ask("in", "list", { path: "" }), {
      result: { files: [{ path: "", size: 1 }] }
    })
    assert.deepStrictEqual(await ask("in", "read", { path: "", offset: 0, length: 9 }), {
      result: {},
      bytes: text("1")
    })
  })

  it("never lead out of the granted path, by names or by links", async () => {
    symlinkSync(folder, join(granted, "up"))
    symlinkSync(join(folder, "secret"), join(granted, "link"))
    symlinkSync(join(folder, "new"), join(granted, "dangling"))
    symlinkSync(join(granted, "loop"), join(granted, "loop"))
    const codes = await Promise.all(
      [
        "../secret",
        "a/../../secret",
        "/etc/passwd",
        "./a",
        "a//b",
        "a/",
        "a\0b",
        "..",
        "up/secret",
        "link",
        "dangling",
        "loop",
        "up/new",
        5,
        undefined
      ].map(async (path) => [
        await codeOf(ask("in", "read", { path, offset: 0, length: 10 })),
        await codeOf(ask("out", "writeAt", { path, offset: 0 }, text("x"))),
        await codeOf(ask("out", "rename", { from: path, to: "mine" })),
        await codeOf(ask("out", "remove", { path }))
      ])
    )
    for (const code of codes.flat()) assert.match(code, /^(PATH_INVALID|PERMISSION_DENIED)$/)
    assert.strictEqual(readFileSync(join(folder, "secret"), "utf8"), "secret")
  })

  it("are not confused by a neighbour whose name begins alike", async () => {
    mkdirSync(`${granted}-not`)
    symlinkSync(`${granted}-not`, join(granted, "next"))
    assert.strictEqual(
      await codeOf(ask("out", "writeAt", { path: "next/a", offset: 0 }, text("x"))),
      "PERMISSION_DENIED"
    )
  })

  it("refuse what the handle may not do, and what was not granted at all", async () => {
    writeFileSync(join(granted, "a"), "a")
    assert.strictEqual(
      await codeOf(ask("in", "writeAt", { path: "a", offset: 0 }, text("x"))),
      "PERMISSION_DENIED"
    )
    assert.strictEqual(await codeOf(ask("in", "remove", { path: "a" })), "PERMISSION_DENIED")
    assert.strictEqual(
      await codeOf(ask("out", "read", { path: "a", offset: 0, length: 1 })),
      "PERMISSION_DENIED"
    )
    for (const handle of ["unresolved", "other", "__proto__", "time", "dice"])
      assert.strictEqual(
        await codeOf(ask(handle, "read", { path: "a", offset: 0, length: 1 })),
        "PERMISSION_DENIED"
      )
  })

  it("refuse too much in one request", async () => {
    writeFileSync(join(granted, "a"), "a")
    assert.strictEqual(
      await codeOf(ask("in", "read", { path: "a", offset: 0, length: 5 * 1024 * 1024 })),
      "LIMIT"
    )
    assert.strictEqual(await codeOf(ask("in", "read", { path: "a", offset: -1, length: 1 })), "PATH_INVALID")
    const large = new Uint8Array(5 * 1024 * 1024)
    assert.strictEqual(await codeOf(ask("out", "writeAt", { path: "a", offset: 0 }, large)), "LIMIT")
    assert.strictEqual(await codeOf(ask("dice", "bytes", { length: 1e9 })), "LIMIT")
  })

  it("answer the real clock and real randomness where granted", async () => {
    const reply = await ask("time", "now", {})
    assert.isTrue("result" in reply)
    const dice = await ask("dice", "bytes", { length: 16 })
    assert.strictEqual("bytes" in dice ? dice.bytes?.length : 0, 16)
  })
})
