import { HostRefusal } from "./host-refusal.ts"

/** Files below one granted path, in memory; "" is the granted path itself. */
export interface TestFiles {
  readonly [path: string]: string | Uint8Array
}

interface FileReply {
  readonly result: unknown
  readonly bytes?: Uint8Array
}

/** Serves the host requests of capability/files.ts, as the worker does: a refusal has a code of capability/files.ts. */
export class MemoryFiles {
  readonly #files = new Map<string, Uint8Array>()

  constructor(files: TestFiles) {
    for (const [path, content] of Object.entries(files)) {
      this.#files.set(path, typeof content === "string" ? new TextEncoder().encode(content) : content)
    }
  }

  /** Every file, by path. */
  get files(): { readonly [path: string]: Uint8Array } {
    return Object.fromEntries([...this.#files].toSorted(([left], [right]) => (left < right ? -1 : 1)))
  }

  serve(operation: string, payload: unknown, bytes: Uint8Array | undefined): FileReply {
    const given: { readonly [name: string]: unknown } = { ...Object(payload) }
    switch (operation) {
      case "list":
        return { result: { files: this.#list(pathIn(given, "path")) } }
      case "stat":
        return { result: { file: this.#info(pathIn(given, "path")) ?? null } }
      case "read":
        return { result: {}, bytes: this.#read(given) }
      case "writeAt":
        this.#writeAt(pathIn(given, "path"), numberIn(given, "offset"), bytes ?? new Uint8Array())
        return { result: {} }
      case "sync":
        this.#content(pathIn(given, "path"))
        return { result: {} }
      case "rename":
        this.#rename(pathIn(given, "from"), pathIn(given, "to"))
        return { result: {} }
      case "remove":
        this.#files.delete(pathIn(given, "path"))
        return { result: {} }
      default:
        throw new HostRefusal("PERMISSION_DENIED", `files know no operation ${operation}`)
    }
  }

  #info(path: string) {
    const content = this.#files.get(path)
    return content === undefined ? undefined : { path, size: content.length }
  }

  #list(path: string) {
    const folder = path === "" ? "" : `${path}/`
    return Object.keys(this.files)
      .filter((name) => name === path || name.startsWith(folder))
      .flatMap((name) => this.#info(name) ?? [])
  }

  #content(path: string): Uint8Array {
    const content = this.#files.get(path)
    if (content === undefined) throw new HostRefusal("NOT_FOUND", `there is no file ${JSON.stringify(path)}`)
    return content
  }

  #read(given: { readonly [name: string]: unknown }): Uint8Array {
    const offset = numberIn(given, "offset")
    return this.#content(pathIn(given, "path")).slice(offset, offset + numberIn(given, "length"))
  }

  #writeAt(path: string, offset: number, bytes: Uint8Array): void {
    const before = this.#files.get(path) ?? new Uint8Array()
    if (offset > before.length) throw new HostRefusal("FILE_TOO_SHORT", `${path} has ${before.length} bytes`)
    const content = new Uint8Array(offset + bytes.length)
    content.set(before.subarray(0, offset))
    content.set(bytes, offset)
    this.#files.set(path, content)
  }

  #rename(from: string, to: string): void {
    const content = this.#files.get(from)
    if (content === undefined) {
      this.#content(to)
      return
    }
    this.#files.delete(from)
    this.#files.set(to, content)
  }
}

const pathIn = (given: { readonly [name: string]: unknown }, name: string): string => {
  const path = given[name]
  if (typeof path === "string" && (path === "" || path.split("/").every(isPart))) return path
  throw new HostRefusal("PATH_INVALID", `${JSON.stringify(path)} is no path below the granted one`)
}

const isPart = (part: string): boolean => part !== "" && part !== "." && part !== ".."

const numberIn = (given: { readonly [name: string]: unknown }, name: string): number => {
  const value = given[name]
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value
  throw new HostRefusal("PATH_INVALID", `${name} is no whole number`)
}
