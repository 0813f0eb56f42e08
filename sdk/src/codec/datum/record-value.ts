/** Names that every object inherits: to assign one may be refused (a frozen prototype) or mean something else (`__proto__`). */
const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

export const isInherited = (name: string): boolean => inherited.has(name)

/** Makes a record's object of the values of its fields, in their order. */
export const recordOf = (names: readonly string[]): ((values: readonly unknown[]) => object) => {
  if (names.some(isInherited)) {
    // It defines properties where an assignment would set them.
    return (values) =>
      Object.fromEntries(names.map((name, index): [string, unknown] => [name, values[index]]))
  }
  return (values) => {
    const record: { [field: string]: unknown } = {}
    for (let index = 0; index < names.length; index++) record[names[index]] = values[index]
    return record
  }
}
