import type { DerivedRow } from "@millrace/sdk"

interface RowConfig {
  readonly select?: { readonly [name: string]: string }
  readonly prefix?: { readonly [input: string]: string | undefined }
}

/** Makes the output of two rows, either of which may be missing; a field that is left out is null. */
export type JoinRows = (first: DerivedRow | undefined, second: DerivedRow | undefined) => DerivedRow

/** How the config says that rows are put together. `names`: of the two inputs. */
export const rowJoiner = ({ select, prefix }: RowConfig, names: readonly [string, string]): JoinRows => {
  const [first, second] = names
  if (select === undefined) return whole(prefix?.[first] ?? "", prefix?.[second] ?? "")
  const parts = Object.entries(select).map(([name, from]) => ({
    name,
    isFirst: from.startsWith(`${first}.`),
    field: from.slice(from.indexOf(".") + 1)
  }))
  return (one, other) => {
    const row: { [name: string]: unknown } = {}
    for (const { name, isFirst, field } of parts) {
      const given = isFirst ? one : other
      if (given !== undefined) row[name] = given[field]
    }
    return row
  }
}

/** The first's fields over the second's: a key that both have is the first's, unless that is missing. */
const whole =
  (first: string, second: string): JoinRows =>
  (one, other) => ({ ...prefixed(second, other), ...prefixed(first, one) })

const prefixed = (prefix: string, row: DerivedRow | undefined): DerivedRow =>
  prefix === "" || row === undefined
    ? { ...row }
    : Object.fromEntries(Object.entries(row).map(([name, value]) => [prefix + name, value]))
