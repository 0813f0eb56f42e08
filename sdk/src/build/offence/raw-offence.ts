import { resolve } from "node:path"
import type { BuildFailure, Location, Message, PartialMessage } from "esbuild"
import type { Offence } from "../build-error.ts"

/** What an offence that we found ourselves carries through esbuild, which adds the place. */
export interface OffenceDetail {
  readonly millrace: true
  readonly code: Offence["code"]
  readonly remedy: string
  /** The module of Node.js that is asked for. */
  readonly module?: string
}

/** An offence where it stands, in a package or in the author's own source. */
export interface RawOffence extends Omit<Offence, "chains"> {
  /** Absolute; empty where there is no place. */
  readonly file: string
  readonly module: string | undefined
}

export const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error

/** An error for esbuild; its detail goes as text, for esbuild loses it where a build has ended. */
export const noted = (text: string, location: Partial<Location>, detail: OffenceDetail) =>
  ({ text, location, notes: [{ text: JSON.stringify(detail) }] }) satisfies PartialMessage

/** An offence of esbuild's or of ours. `folder`: what its paths are relative to. */
export const rawOffence = (message: Message, folder: string): RawOffence => {
  const { text, location, id } = message
  const place = {
    file: location === null ? "" : resolve(folder, location.file),
    line: location?.line ?? 0,
    column: location === null ? 0 : location.column + 1
  }
  const detail = detailOf(message)
  if (detail !== undefined) {
    return { ...place, code: detail.code, message: text, remedy: detail.remedy, module: detail.module }
  }
  return { ...place, ...judge(text.replace(/\.$/, ""), id), module: undefined }
}

const detailOf = ({ detail, notes }: Message): OffenceDetail | undefined => {
  if (isDetail(detail)) return detail
  const [note] = notes
  if (note === undefined || !note.text.startsWith('{"millrace":true,')) return undefined
  const told: unknown = JSON.parse(note.text)
  return isDetail(told) ? told : undefined
}

const isDetail = (detail: unknown): detail is OffenceDetail =>
  typeof detail === "object" && detail !== null && "millrace" in detail

/** esbuild's own complaints. */
const judge = (message: string, id: string): Pick<Offence, "code" | "message" | "remedy"> => {
  if (id === "direct-eval") {
    const remedy =
      "The sandbox runs no code made from text: write it out, or take an Expression from the config."
    return { code: "DYNAMIC_CODE", message: "eval runs code made of text", remedy }
  }
  if (id === "unsupported-dynamic-import" || id === "unsupported-require-call") {
    const what = id === "unsupported-dynamic-import" ? "import" : "require"
    const said = `${what}() of something that is only known at run time loads code then`
    return { code: "DYNAMIC_CODE", message: said, remedy: "Import it by its name at the top of the file." }
  }
  if (message.startsWith("Could not resolve")) {
    return { code: "UNRESOLVED", message, remedy: "Correct the path, or install the package." }
  }
  if (message.startsWith("No loader is configured")) {
    return {
      code: "UNSUPPORTED_FILE",
      message,
      remedy: "A bundle holds JavaScript, TypeScript, JSON and text only."
    }
  }
  if (message.startsWith("Top-level await")) {
    return {
      code: "SYNTAX",
      message,
      remedy: "A plugin's module is read without waiting: move it into the body."
    }
  }
  return { code: "SYNTAX", message, remedy: "Correct the source." }
}
