import fc from "fast-check"
import { Parser } from "htmlparser2"
import { assert, describe, it } from "vitest"
import { readmeHtml } from "./readme-html.ts"

/** What a browser would find in it. */
const partsOf = (html: string) => {
  const tags: string[] = []
  const attributes: (readonly [string, string])[] = []
  const parser = new Parser({
    onopentag: (name, attribs) => {
      tags.push(name)
      attributes.push(...Object.entries(attribs))
    }
  })
  parser.end(html)
  return { tags, attributes }
}

const harmless = new Set(
  "h2 h3 h4 h5 h6 p a ul ol li code pre em strong del blockquote hr br table thead tbody tr th td details summary kbd sub sup".split(
    " "
  )
)

const assertHarmless = (html: string): void => {
  const { attributes, tags } = partsOf(html)
  for (const tag of tags) assert.isTrue(harmless.has(tag), tag)
  for (const [name, value] of attributes) {
    assert.include(["href", "rel", "align", "start"], name)
    if (name === "href") assert.match(value, /^(?:https?:\/\/|mailto:)/i)
  }
}

describe("a README as HTML", () => {
  it("keeps what Markdown is for", () => {
    const html = readmeHtml(
      "# Films\n\nGives *films* of `year`.\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n- [docs](https://films.example/x)\n\n```ts\nconst a = 1 < 2\n```"
    )
    assert.include(html, "<h2>Films</h2>")
    assert.include(html, "<em>films</em>")
    assert.include(html, `<td align="center">2</td>`)
    assert.include(html, `<a href="https://films.example/x" rel="nofollow noopener noreferrer">docs</a>`)
    assert.include(html, "const a = 1 &lt; 2")
    assertHarmless(html)
  })

  it.each([
    `<script>alert(1)</script>`,
    `<scr<script>ipt>alert(1)</scr</script>ipt>`,
    `<img src=x onerror=alert(1)>`,
    `![x](javascript:alert(1))`,
    `![x](https://tracker.example/pixel.gif)`,
    `[x](javascript:alert(1))`,
    `[x](JaVaScRiPt:alert(1))`,
    `[x](java\tscript:alert(1))`,
    `[x](&#106;avascript:alert(1))`,
    `<a href="&#x6A;avascript:alert(1)">x</a>`,
    `<a href="\u0001javascript:alert(1)">x</a>`,
    `[x](data:text/html;base64,PHNjcmlwdD4=)`,
    `[x](vbscript:msgbox(1))`,
    `[x](//other.example/)`,
    `[x](/api/packages)`,
    `<svg><script>alert(1)</script></svg>`,
    `<svg onload=alert(1)>`,
    `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`,
    `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`,
    `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
    `<object data="javascript:alert(1)"></object>`,
    `<embed src="javascript:alert(1)">`,
    `<form action="https://other.example"><input name="token"><button>ok</button></form>`,
    `<meta http-equiv="refresh" content="0;url=https://other.example">`,
    `<base href="https://other.example">`,
    `<link rel="stylesheet" href="https://other.example/x.css">`,
    `<style>@import "https://other.example/x.css"</style>`,
    `<p style="background:url(https://other.example)" onclick="alert(1)" id="main" class="x">x</p>`,
    `<details open ontoggle=alert(1)>x</details>`,
    `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
    `<template><script>alert(1)</script></template>`,
    `<!--><script>alert(1)</script>-->`,
    `<![CDATA[<script>alert(1)</script>]]>`,
    `<plaintext><script>alert(1)</script>`,
    `</main></body><script>alert(1)</script>`,
    "```\n</code></pre><script>alert(1)</script>\n```",
    "`</code><script>alert(1)</script>`",
    `<xmp><script>alert(1)</script></xmp>`
  ])("takes the danger out of %s", (readme) => assertHarmless(readmeHtml(readme)))

  it("takes it out of anything that such pieces make together", () => {
    const piece = fc.constantFrom(
      "<",
      ">",
      "</",
      "<!--",
      "-->",
      "script",
      "svg",
      "style",
      "a href=",
      '"',
      "'",
      "`",
      "javascript:",
      "onload=",
      "alert(1)",
      "[x](",
      ")",
      "![",
      "&#106;",
      "&lt;",
      "\n",
      " ",
      "<![CDATA[",
      "]]>",
      "<math>",
      "<p",
      "<noscript>"
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) =>
        assertHarmless(readmeHtml(pieces.join("")))
      ),
      { numRuns: 500 }
    )
  })

  it("shows text that is too long or too deeply nested for Markdown as it is", () => {
    assert.match(readmeHtml("> ".repeat(9_000)), /^<pre>&gt; /)
    const html = readmeHtml(`<script>"&`.repeat(10_000))
    assert.match(html, /^<pre>&lt;script&gt;&quot;&amp;/)
    assertHarmless(html)
  })
})
