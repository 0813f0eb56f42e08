import { cell, generatedNote } from "../markdown.ts"
import { areas } from "./areas.ts"
import type { Area } from "./row.ts"

const anchor = (title: string): string => title.toLowerCase().replaceAll(" ", "-")

const chapter = ({ about, rows, title }: Area): string =>
  [
    `## ${title}`,
    "",
    about,
    "",
    "| code | what happened | where it points | why | what to do |",
    "|---|---|---|---|---|",
    ...Object.entries(rows).map(
      ([code, { message, remedy, where, why }]) =>
        `| \`${code}\` | ${[message, where, why, remedy].map(cell).join(" | ")} |`
    ),
    ""
  ].join("\n")

/** docs/errors.md. */
export const errorsPage = (): string =>
  [
    "# Errors",
    "",
    generatedNote,
    "",
    "Codes are public and never change their meaning. `{field}` stands for a value of the case.",
    "",
    ...areas.map(({ title }) => `- [${title}](#${anchor(title)})`),
    "",
    ...areas.map(chapter)
  ].join("\n")
