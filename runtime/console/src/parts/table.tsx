import "./table.css"

/** A heading of a table. */
export interface Column {
  readonly name: string
  /** Numbers stand at the right. */
  readonly isNumber?: boolean
  /** Left out on narrow screens. */
  readonly isExtra?: boolean
}

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
          {columns.map(({ isExtra, isNumber, name }) => (
            <th key={name} scope="col" className={classOf(isNumber, isExtra)}>
              {name}
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
