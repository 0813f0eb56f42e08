import { lstatSync, realpathSync } from "node:fs"
import { dirname, isAbsolute, join, resolve, sep } from "node:path"
import type { HostRequestError } from "@millrace/sandbox"
import * as Result from "effect/Result"

const maxPathLength = 4_096

/**
 * The file that a guest's path means below a granted one: parts joined by `/`, none empty, `.` or `..`; "" is the
 * granted path itself. INVARIANT: after symbolic links are resolved, the granted path's own and those below it, the
 * file lies at or below the resolved granted path. What does not exist yet counts by its nearest folder that does.
 */
export function grantedPath(granted: string, path: unknown): Result.Result<string, HostRequestError> {
  if (typeof path !== "string" || path.length > maxPathLength || path.includes("\0"))
    return invalid("a path is a text of at most 4,096 characters")
  const parts = path === "" ? [] : path.split("/")
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\\")))
    return invalid("a path's parts are names joined by '/', without '.' and '..'")
  if (!isAbsolute(granted)) return invalid("the granted path is not absolute")
  const root = realOrNearest(resolve(granted))
  const wanted = realOrNearest(join(resolve(granted), ...parts))
  if (root === undefined || wanted === undefined) return invalid("the path cannot be resolved")
  if (wanted === root || wanted.startsWith(root.endsWith(sep) ? root : root + sep))
    return Result.succeed(wanted)
  return Result.fail({
    _tag: "HostRequestError",
    code: "PERMISSION_DENIED",
    message: "the path leads out of what was granted"
  })
}

/** The path with symbolic links resolved, as far down as it exists; undefined when a link dangles or loops. */
function realOrNearest(path: string): string | undefined {
  const missing: string[] = []
  let at = path
  for (;;) {
    try {
      return join(realpathSync(at), ...missing)
    } catch (error) {
      if (codeOf(error) !== "ENOENT" || isLink(at)) return undefined
      const parent = dirname(at)
      if (parent === at) return undefined
      missing.unshift(at.slice(parent.length).replace(/^[/\\]/, ""))
      at = parent
    }
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined
}

function invalid(message: string): Result.Result<never, HostRequestError> {
  return Result.fail({ _tag: "HostRequestError", code: "PATH_INVALID", message })
}
