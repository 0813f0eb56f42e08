import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { urlPath } from "./url-path.ts"

const filled = (template: string, row: { readonly [name: string]: unknown }) =>
  urlPath(template).fill((name) => row[name])

describe("a URL's path made of values", () => {
  it("puts values in their places, encoded as a whole", () => {
    assert.strictEqual(
      filled("/films/{title}/{year}?q={title}", { title: "a/b?c=1#d &", year: 1985 }),
      "/films/a%2Fb%3Fc%3D1%23d%20%26/1985?q=a%2Fb%3Fc%3D1%23d%20%26"
    )
    assert.deepEqual(urlPath("/films/{title}/{$key}").names, ["title", "$key"])
    assert.strictEqual(filled("/{not a name}/{}", {}), "/{not a name}/{}")
  })

  it("refuses what would name another resource, and what has no text", () => {
    for (const title of ["", ".", ".."]) {
      assert.deepInclude(filled("/films/{title}", { title }), { name: "title" })
    }
    for (const title of [null, undefined, {}, ["a"], "\uD800"]) {
      assert.deepInclude(filled("/films/{title}", { title }), { name: "title" })
    }
    assert.strictEqual(filled("/films?q={title}", { title: "" }), "/films?q=")
  })

  it("leaves nobody's text a way out of its place", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (title) => {
        const path = filled("/films/{title}/cast", { title })
        if (typeof path !== "string") return
        const url = new URL(path, "http://127.0.0.1")
        assert.deepEqual([url.pathname.split("/").length, url.search, url.hash], [4, "", ""])
        assert.strictEqual(decodeURIComponent(url.pathname.split("/")[2] ?? ""), title)
      })
    )
  })
})
