/**
 * The class behind a contract: the struct itself (in Effect a schema is a class) with subject and key beside it.
 * The one place where a struct becomes a class of the author's own type; nothing changes at run time.
 */
export const contractClass = <Class>(options: {
  readonly subject: string
  readonly key?: string | readonly string[]
  readonly schema: object
}): Class => {
  const { subject, key } = options
  const Struct = options.schema as new (_: never) => object
  const keyFields = key === undefined ? [] : typeof key === "string" ? [key] : [...key]
  return class extends Struct {
    static readonly subject = subject
    static readonly key = keyFields
  } as unknown as Class
}
