import { Marked } from "marked"
import sanitizeHtml from "sanitize-html"

/**
 * What is larger is shown as it is: a parser of Markdown takes time by the square of a block's length, and of the depth to which quotes and
 * lists are nested, and this one works on the platform's own thread.
 */
const maxLength = 40_000
const maxBlockLength = 5_000
/** Marks of quotes and lists one after another. */
const deepNesting = /(?:(?:>|[-*+]|\d+[.)])[ \t]*){12}/

const isPlain = (readme: string): boolean =>
  readme.length <= maxLength &&
  readme.split(/\n[ \t]*\n/).every((block) => block.length <= maxBlockLength && !deepNesting.test(block))

const markdown = new Marked({ gfm: true, breaks: false, async: false })

const headings = ["h1", "h2", "h3", "h4", "h5", "h6"]

/**
 * What a README may hold. No pictures: they would tell their server who reads it. No ids, styles or forms: nothing that reaches
 * beyond the text. Links lead to http, https and mail alone.
 */
const rules: sanitizeHtml.IOptions = {
  allowedTags: [
    ...headings,
    ..."p a ul ol li code pre em strong del blockquote hr br table thead tbody tr th td details summary kbd sub sup".split(
      " "
    )
  ],
  allowedAttributes: { a: ["href", "rel"], th: ["align"], td: ["align"], ol: ["start"] },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  disallowedTagsMode: "discard",
  nestingLimit: 100,
  transformTags: {
    a: (tagName, { href }) => ({
      tagName,
      attribs: { ...(isElsewhere(href) ? { href } : {}), rel: "nofollow noopener noreferrer" }
    }),
    // The page has its own first heading.
    h1: "h2"
  }
}

/** A link within a README leads nowhere here, or would lead into this server. */
const isElsewhere = (href: string | undefined): href is string => /^(?:https?:\/\/|mailto:)/i.test(href ?? "")

/** A README's Markdown as HTML that is safe to show: whatever it holds, no script, no style, no picture, no form comes of it. */
export const readmeHtml = (readme: string): string => {
  const html = isPlain(readme) ? parsed(readme) : undefined
  return html === undefined ? `<pre>${escaped(readme)}</pre>` : sanitizeHtml(html, rules)
}

/** Undefined for what is nested deeper than the parser's stack. */
const parsed = (readme: string): string | undefined => {
  try {
    const html = markdown.parse(readme)
    return typeof html === "string" ? html : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
