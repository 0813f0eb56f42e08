import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { isTrusted, trustClosed, trustOpened } from "./trusted-file.ts"

let folder = ""
let data = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-trusted-"))
  data = join(folder, "data.mdb")
  writeFileSync(data, "some pages")
})
afterEach(() => rmSync(folder, { recursive: true }))

describe.runIf(process.platform === "linux")("a data file", () => {
  it("is not trusted before it was inspected, nor where the mark cannot be read", () => {
    assert.isFalse(isTrusted(folder))
    trustOpened(folder)
    writeFileSync(join(folder, "INSPECTED"), "{")
    assert.isFalse(isTrusted(folder))
  })

  it("is trusted after a kill, whatever was written until then", () => {
    trustOpened(folder)
    appendFileSync(data, "more")
    assert.isTrue(isTrusted(folder))
  })

  it("is trusted as it was closed, and not when somebody has changed it since", () => {
    trustOpened(folder)
    appendFileSync(data, "more")
    trustClosed(folder)
    assert.isTrue(isTrusted(folder))
    writeFileSync(data, "some bytes")
    utimesSync(data, 1, 1)
    assert.isFalse(isTrusted(folder))
  })

  it("is not trusted after another start of the system, nor as a copy", () => {
    trustOpened(folder)
    assert.isFalse(isTrusted(folder, "another"))
    assert.isTrue(isTrusted(folder))
    copyFileSync(data, `${data}.copy`)
    renameSync(`${data}.copy`, data)
    assert.isFalse(isTrusted(folder))
  })
})
