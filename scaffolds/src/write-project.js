import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { CreateError } from "./create-error.js"

/** Refuses a folder that holds anything. @param {string} folder */
export function checkTarget(folder) {
  const target = resolve(folder)
  if (target === process.cwd())
    throw new CreateError({
      code: "FOLDER_IN_USE",
      message: "a project is made in a folder of its own, not in the one we stand in",
      where: target,
      remedy: "go one folder up and give its name",
      exit: 65
    })
  if (existsSync(target) && !isEmptyFolder(target))
    throw new CreateError({
      code: "FOLDER_IN_USE",
      message: "there is something here already, and nothing is ever overwritten",
      where: target,
      remedy: "give another name, or move it away",
      exit: 65
    })
  return target
}

const isEmptyFolder = (path) => {
  try {
    return readdirSync(path).length === 0
  } catch {
    return false
  }
}

/**
 * Makes a project all or nothing: it grows in a hidden folder beside the target, which takes the target's name at the end.
 * However `fill` fails, nothing is left.
 * @template A
 * @param {string} target @param {readonly { path: string, text: string }[]} files @param {(folder: string) => Promise<A>} fill
 */
export async function writeProject(target, files, fill) {
  const made = firstMissing(dirname(target))
  let folder
  try {
    mkdirSync(dirname(target), { recursive: true })
    folder = mkdtempSync(join(dirname(target), `.${basename(target)}-`))
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text, { flag: "wx" })
    }
    const answer = await fill(folder)
    checkTarget(target)
    renameSync(folder, target)
    return answer
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    if (made !== undefined) rmSync(made, { recursive: true, force: true })
    throw error instanceof CreateError ? error : unwritable(target, error)
  }
}

/** The uppermost folder of a path that is not there yet. */
function firstMissing(folder) {
  let missing
  for (let at = folder; !existsSync(at); at = dirname(at)) missing = at
  return missing
}

const unwritable = (where, error) =>
  new CreateError({
    code: "FOLDER_UNWRITABLE",
    message: error instanceof Error ? error.message : String(error),
    where,
    remedy: "see to the folder's permissions and the disk's space",
    exit: 1
  })
