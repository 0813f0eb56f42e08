import { readFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import type { PlanProblem } from "@millrace/sdk/api"
import { type BundleError, projectFolder } from "@millrace/sdk/build"
import * as Schema from "effect/Schema"
import type { CommandError } from "../../terminal/command-error.ts"
import { codeFrame } from "../view/code-frame.ts"
import type { DevEvent, Problem } from "../view/event.ts"
import { shownPath, type SourcePlace } from "./source-places.ts"

type Stage = Extract<DevEvent, { readonly event: "problem" }>["stage"]

/** An edit, or the first load, was not taken over: why, each fault at its place. */
export class LoadFailed extends Schema.TaggedError<LoadFailed>()("LoadFailed", {
  stage: Schema.Literals(["bundle", "manifest", "config", "records", "plan", "run"]),
  problems: Schema.Array(
    Schema.Struct({
      code: Schema.String,
      message: Schema.String,
      file: Schema.optionalKey(Schema.String),
      line: Schema.optionalKey(Schema.Number),
      column: Schema.optionalKey(Schema.Number),
      frame: Schema.Array(Schema.String),
      remedy: Schema.String
    })
  )
}) {}

export const loadFailed = (stage: Stage, problems: readonly Problem[]): LoadFailed =>
  new LoadFailed({ stage, problems: [...problems] })

/** The bundler's offences; their files are relative to the project. */
export const bundleProblems = (error: BundleError, folder: string): LoadFailed =>
  loadFailed(
    "bundle",
    error.offences.map(({ code, column, file, line, message, remedy }) => {
      const path = resolve(projectFolder(folder), file)
      return {
        code: `BUNDLE_${code}`,
        message,
        ...(file === "" ? {} : { file: shownPath(path, process.cwd()) }),
        ...(line === 0 ? {} : { line, column }),
        frame: line === 0 ? [] : codeFrame(textOf(path), line, column),
        remedy
      }
    })
  )

/** A fault with the author's place, where it is known. */
export const placed = (
  problem: Pick<Problem, "code" | "message" | "remedy">,
  place: SourcePlace | undefined
): Problem =>
  place === undefined
    ? { ...problem, frame: [] }
    : {
        ...problem,
        file: shownPath(place.file, process.cwd()),
        line: place.line,
        column: place.column,
        frame: codeFrame(place.text, place.line, place.column)
      }

/** A plan's problems. The implicit pipeline has no lines: what it says of its node is said of the plugin's options. */
export const planProblems = (problems: readonly PlanProblem[]): LoadFailed =>
  loadFailed(
    "plan",
    problems.map(({ code, message, path, remedy }) => {
      const key = /^nodes\.[^.]+\.with\.?(.*)$/.exec(path)?.[1]
      if (key === undefined) return { code, message, frame: [], remedy }
      const named = key === "" ? "the config" : `config ${key}`
      const how = key === "" ? "--with key=value" : `--with ${key.split(".")[0]}=…`
      return { code, message: `${named}: ${message}`, frame: [], remedy: `${remedy} Give it by ${how}.` }
    })
  )

export const commandProblem = (stage: Stage, error: CommandError): LoadFailed => {
  const { code, message, remedy, where } = error
  return loadFailed(stage, [
    { code, message, ...(where === undefined ? {} : { file: where }), frame: [], remedy }
  ])
}

/** The files that imports name and that are not there: they may come. */
export const missingFiles = (error: BundleError, folder: string): readonly string[] =>
  error.offences.flatMap(({ code, file, message }) => {
    const path = /"(\.{1,2}\/[^"]+)"/.exec(message)?.[1]
    return code === "UNRESOLVED" && path !== undefined ? [resolve(folder, dirname(file), path)] : []
  })

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}
