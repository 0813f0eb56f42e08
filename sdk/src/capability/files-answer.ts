/** A regular file; `path` is relative to the granted path, `size` in bytes. */
export interface FileInfo {
  readonly path: string
  readonly size: number
}

/** Checks the worker's answer to `list`. */
export const answerList = (result: unknown): readonly FileInfo[] => {
  const files: unknown = member(result, "files")
  if (!Array.isArray(files)) throw new Error("the worker's answer to 'list' has no files")
  return files.map(fileOf)
}

/** Checks the worker's answer to `stat`. */
export const answerInfo = (result: unknown): FileInfo | undefined => {
  const file = member(result, "file")
  return file === null || file === undefined ? undefined : fileOf(file)
}

export const answerNothing = (): void => undefined

const fileOf = (value: unknown): FileInfo => {
  const path = member(value, "path")
  const size = member(value, "size")
  if (typeof path !== "string" || typeof size !== "number") {
    throw new Error("the worker's answer holds a file without path or size")
  }
  return { path, size }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
