import { constructs } from "./typing/functions/constructs.ts"
import { functionFamilies } from "./typing/functions/families.ts"
import type { Documented } from "./typing/functions/definition.ts"

export interface ReferenceFamily {
  readonly title: string
  readonly entries: readonly Documented[]
}

/** Everything that an expression may be made of, with an example of each: first what has a grammar of its own, then functions. */
export const expressionReference: readonly ReferenceFamily[] = [
  ...constructs,
  ...functionFamilies.map(({ title, functions }) => ({ title, entries: functions }))
]

/** The reference as Markdown: a heading and a table for each family, without a title of its own. */
export function expressionReferenceMarkdown(): string {
  return expressionReference.map(familyMarkdown).join("\n")
}

function familyMarkdown({ title, entries }: ReferenceFamily): string {
  const rows = entries.map(({ usage, about, example, gives, aliases = [] }) => {
    const other = aliases.length === 0 ? "" : ` Also ${aliases.map(code).join(", ")}.`
    return `| ${code(usage)} | ${cell(about)}${other} | ${code(example)} | ${code(gives)} |`
  })
  return [`## ${title}`, "", "| | | example | gives |", "|---|---|---|---|", ...rows, ""].join("\n")
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|")
}

function code(text: string): string {
  const fence = text.includes("`") ? "``" : "`"
  return `${fence}${cell(text)}${fence}`
}
