import { readFileSync } from "node:fs"
import type { PlanView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { Keys } from "../keys.ts"
import type { Screen } from "../view/screen.ts"
import { type LoadFailed, loadFailed, placed } from "./problem.ts"
import { shownPath, type SourcePlace } from "./source-places.ts"

type Permission = PlanView["permissions"][number]

export interface ConsentOptions {
  readonly screen: Screen
  readonly keys: Keys
  /** Granted by flag. */
  readonly grant: boolean
  /** The author's files: where a permission is asked for is looked up in them. */
  readonly files: readonly string[]
}

/**
 * The author's consent to permissions that are new: by flag, or by an answer at the terminal; else they are refused, and the edit
 * with them.
 */
export const consentTo = (
  { files, grant, keys, screen }: ConsentOptions,
  missing: readonly Permission[]
): Effect.Effect<boolean, LoadFailed> =>
  Effect.gen(function* () {
    if (!grant) {
      if (!keys.isTerminal) return yield* refused(missing, files)
      for (const one of missing) {
        screen.ask(
          `${one.handle} asks to ${one.permission}${whereText(placeOf(one, files))}. Grant it? [y/N]`
        )
        const answer = yield* keys.next
        screen.show({
          event: "permission",
          ...told(one, files),
          outcome: /^y$/i.test(answer) ? "granted" : "refused"
        })
        if (!/^y$/i.test(answer)) return yield* refused([one], files)
      }
      return true
    }
    for (const one of missing) screen.show({ event: "permission", ...told(one, files), outcome: "granted" })
    return true
  })

const told = (one: Permission, files: readonly string[]) => {
  const place = placeOf(one, files)
  return {
    handle: one.handle,
    permission: one.permission,
    ...(place === undefined ? {} : { file: shownPath(place.file, process.cwd()), line: place.line }),
    remedy: "save again to be asked again, or start with --grant"
  }
}

const refused = (missing: readonly Permission[], files: readonly string[]): LoadFailed =>
  loadFailed(
    "plan",
    missing.map((one) =>
      placed(
        {
          code: "GRANT_NEEDED",
          message: `${one.handle} asks to ${one.permission}, which was not granted`,
          remedy: "start with --grant if you agree, or take it out of uses"
        },
        placeOf(one, files)
      )
    )
  )

const whereText = (place: SourcePlace | undefined): string =>
  place === undefined ? "" : ` (${shownPath(place.file, process.cwd())}:${place.line})`

/** Where a handle is declared: the first `handle:` after a `uses` in a file of the author's. */
const placeOf = ({ handle }: Permission, files: readonly string[]): SourcePlace | undefined => {
  const declared = new RegExp(`(?<![\\w$.])${handle.replaceAll(/\W/g, "\\$&")}\\s*:`)
  for (const file of files.filter((each) => !each.includes("node_modules"))) {
    const text = textOf(file)
    const uses = text.search(/\buses\s*:/)
    const found = uses < 0 ? undefined : declared.exec(text.slice(uses))
    if (found === null || found === undefined) continue
    const before = text.slice(0, uses + found.index).split("\n")
    return { file, line: before.length, column: (before.at(-1) ?? "").length + 1, text }
  }
  return undefined
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return ""
  }
}
