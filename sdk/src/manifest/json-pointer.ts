/** The value at a JSON pointer (RFC 6901); undefined when there is none. Own properties only: the document is foreign. */
export const valueAt = (document: unknown, pointer: string): unknown => {
  let at = document
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~")
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined
    at = Reflect.get(at, key)
  }
  return at
}

/** Every pointer in the document that matches a pattern, in which a part `*` stands for each element or property. */
export const expandPointer = (document: unknown, pattern: string): readonly string[] => {
  let pointers: readonly string[] = [""]
  for (const part of pattern.split("/").slice(1)) {
    pointers = pointers.flatMap((pointer) => {
      if (part !== "*") return [`${pointer}/${part}`]
      const at = valueAt(document, pointer)
      if (typeof at !== "object" || at === null) return []
      return Object.keys(at).map((key) => `${pointer}/${escapePart(key)}`)
    })
  }
  return pointers.filter((pointer) => valueAt(document, pointer) !== undefined)
}

export const escapePart = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1")
