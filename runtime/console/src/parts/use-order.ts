import { useState } from "react"
import type { Column } from "./table.tsx"

/** A column that rows can be put in the order of, by what `by` answers for each. */
export interface OrderedColumn<Row> extends Column {
  readonly by?: (row: Row) => number | string
}

const compare = (one: number | string, other: number | string): number =>
  typeof one === "number" && typeof other === "number"
    ? one - other
    : String(one).localeCompare(String(other), "en", { numeric: true })

/** Rows in the order of the column that is chosen, `first` until another is; rows that are equal in it stay as they came. */
export const useOrder = <Row>(
  all: readonly Row[],
  columns: readonly OrderedColumn<Row>[],
  first: string
): { readonly rows: readonly Row[]; readonly columns: readonly Column[] } => {
  const [chosen, choose] = useState({ name: first, isTurned: false })
  const column = columns.find(({ name }) => name === chosen.name)
  // Of numbers the greatest are looked for, of names the first.
  const isDescending = (column?.isNumber === true) !== chosen.isTurned
  const { by } = column ?? {}
  const sign = isDescending ? -1 : 1
  return {
    rows: by === undefined ? all : all.toSorted((one, other) => sign * compare(by(one), by(other))),
    columns: columns.map(({ by: ordering, ...each }): Column => {
      const isChosen = each.name === chosen.name
      if (ordering === undefined) return each
      return {
        ...each,
        order: {
          now: !isChosen ? "none" : isDescending ? "descending" : "ascending",
          choose: () => choose({ name: each.name, isTurned: isChosen && !chosen.isTurned })
        }
      }
    })
  }
}
