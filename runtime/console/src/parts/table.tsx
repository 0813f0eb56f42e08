import "./table.css"

/** A heading of a table. */
export interface Column {
  readonly name: string
  /** Numbers stand at the right. */
  readonly isNumber?: boolean
  /** Left out on narrow screens. */
  readonly isExtra?: boolean
  /** Rows can be put in the order of this column. */
  readonly order?: {
    readonly now: "ascending" | "descending" | "none"
    readonly choose: () => void
  }
}

const arrows = { ascending: "▲", descending: "▼", none: "" } as const

/** A table that scrolls sideways by itself when it must; rows are `<tr>`. */
export const Table = ({
  children,
  columns,
  label
}: {
  readonly label: string
  readonly columns: readonly Column[]
  readonly children: React.ReactNode
}) => (
  <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
    <table className="table">
      <thead>
        <tr>
          {columns.map(({ isExtra, isNumber, name, order }) => (
            <th key={name} scope="col" className={classOf(isNumber, isExtra)} aria-sort={order?.now}>
              {order === undefined ? (
                name
              ) : (
                <button type="button" className="table-order" onClick={order.choose}>
                  {name}
                  <span aria-hidden="true">{arrows[order.now]}</span>
                </button>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
)

/** Class of a cell, as its column is. */
export const classOf = (isNumber = false, isExtra = false): string =>
  `${isNumber ? "num right" : ""} ${isExtra ? "extra" : ""}`.trim()
