/**
 * Text that is laid out to a width: a group stands on one line when it fits, else every line break of it is taken. After
 * Wadler, A prettier printer (2003), with the strict choice of group by group.
 */
export type Layout =
  | string
  | readonly Layout[]
  | { readonly group: Layout }
  | { readonly indent: Layout }
  | { readonly oneLine: string }

/** What a source formatter would have: two spaces of indentation. */
const step = "  "

/** A blank on one line. */
const line: Layout = { oneLine: " " }
/** Nothing on one line. */
const softline: Layout = { oneLine: "" }

const separated = (items: readonly Layout[]): readonly Layout[] =>
  items.flatMap((item, index) => (index === 0 ? [item] : [",", line, item]))

/** `{ a: 1, b: 2 }`, or one entry a line. */
export const objectLayout = (entries: readonly (readonly [key: string, value: Layout])[]): Layout =>
  entries.length === 0
    ? "{}"
    : {
        group: [
          "{",
          {
            indent: [
              line,
              separated(entries.map(([key, value]) => [propertyKey(key), ":", valueLayout(value)]))
            ]
          },
          line,
          "}"
        ]
      }

/** An object that always has one entry a line. */
export const tallObject = (entries: readonly (readonly [key: string, value: Layout])[]): Layout =>
  entries.length === 0
    ? "{}"
    : [
        "{",
        {
          indent: entries.map(([key, value], index) => [
            newline,
            propertyKey(key),
            ":",
            valueLayout(value),
            index === entries.length - 1 ? "" : ","
          ])
        },
        newline,
        "}"
      ]

/** A string that has no room beside its key stands on the next line. */
const valueLayout = (value: Layout): Layout =>
  typeof value === "string" && /^["']/.test(value) ? { group: { indent: [line, value] } } : [" ", value]

const newline: Layout = { oneLine: "\n" }

/** `[a, b]`, or one item a line. */
export const listLayout = (items: readonly Layout[]): Layout =>
  items.length === 0 ? "[]" : { group: ["[", { indent: [softline, separated(items)] }, softline, "]"] }

/** `head(a)`: a single argument keeps the parentheses around it. */
export const wrap = (head: Layout, argument: Layout): Layout => [head, "(", argument, ")"]

/** `head(a, b)`, or one argument a line; an object that comes last breaks alone where that is enough. */
export const callLayout = (head: Layout, args: readonly Layout[]): Layout => {
  const last = args.at(-1)
  const before = args.slice(0, -1).flatMap((argument) => [argument, ", "])
  if (last === undefined || args.length === 1) return [head, "(", args, ")"]
  if (isBraced(last) && flatText([head, before]).length < hugged) return [head, "(", before, last, ")"]
  // Formatters give each argument a line of its own where one of several is a function.
  const start = args.some((argument) => flatText(argument).startsWith("Schema.suspend(")) ? newline : softline
  return [head, { group: ["(", { indent: [start, separated(args)] }, softline, ")"] }]
}

/** Columns that the arguments before an object may take on its line. */
const hugged = 80

const isBraced = (layout: Layout): boolean =>
  typeof layout === "object" && "group" in layout && flatText(layout.group).startsWith("{")

const flatText = (layout: Layout): string => {
  if (typeof layout === "string") return layout
  if ("group" in layout) return flatText(layout.group)
  if ("indent" in layout) return flatText(layout.indent)
  return "oneLine" in layout ? layout.oneLine : layout.map(flatText).join("")
}

/** An expression and the methods called on it: on one line, or from the third call on one a line. */
export const chainLayout = (base: Layout, calls: readonly Layout[]): Layout => {
  // A bare name takes its first call along.
  const [head, rest]: readonly [Layout, readonly Layout[]] =
    typeof base === "string" ? [[base, calls[0] ?? ""], calls.slice(1)] : [base, calls]
  if (rest.length < 2) return [head, rest]
  return { group: [head, { indent: rest.map((call) => [softline, call]) }] }
}

/** Text in quotes: the double ones, unless it has more of these itself. */
export const quoted = (text: string): string => {
  const doubles = text.split('"').length
  const json = JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")
  if (doubles <= text.split("'").length) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** `__proto__: x` in an object would set its prototype; as a computed key it is a property as any other. */
const propertyKey = (key: string): string => {
  if (key === "__proto__") return '["__proto__"]'
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : JSON.stringify(key)
}

const hasNewline = (layout: Layout): boolean => {
  if (typeof layout === "string") return false
  if ("group" in layout) return hasNewline(layout.group)
  if ("indent" in layout) return hasNewline(layout.indent)
  return "oneLine" in layout ? layout.oneLine === "\n" : layout.some(hasNewline)
}

const isList = (layout: Layout): layout is readonly Layout[] => Array.isArray(layout)

interface Pending {
  readonly layout: Layout
  readonly indent: string
  readonly broken: boolean
}

/** Lays out to `width` columns. A string that is longer than a line stays whole. */
export const render = (layout: Layout, width: number): string => {
  let text = ""
  const stack: Pending[] = [{ layout, indent: "", broken: true }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { broken, indent, layout: part } = next
    if (typeof part === "string") text += part
    else if (isList(part)) for (const each of part.toReversed()) stack.push({ layout: each, indent, broken })
    else if ("indent" in part) stack.push({ layout: part.indent, indent: indent + step, broken })
    else if ("oneLine" in part) text += broken || part.oneLine === "\n" ? `\n${indent}` : part.oneLine
    else {
      const column = text.length - (text.lastIndexOf("\n") + 1)
      const inner: Pending = { layout: part.group, indent, broken: false }
      const fits = !hasNewline(part.group) && fitsIn([...stack, inner], width - column)
      stack.push({ ...inner, broken: !fits })
    }
  }
  return text
}

/** Whether what comes up to the next line break has room. */
const fitsIn = (pending: Pending[], room: number): boolean => {
  let left = room
  for (let next = pending.pop(); next !== undefined && left >= 0; next = pending.pop()) {
    const { broken, indent, layout } = next
    if (typeof layout === "string") left -= layout.length
    else if (isList(layout))
      for (const each of layout.toReversed()) pending.push({ layout: each, indent, broken })
    else if ("indent" in layout) pending.push({ layout: layout.indent, indent, broken })
    else if ("oneLine" in layout) {
      if (broken || layout.oneLine === "\n") return true
      left -= layout.oneLine.length
    } else pending.push({ layout: layout.group, indent, broken })
  }
  return left >= 0
}
