import "./stat.css"

/** One number with its name, and how to read it. */
export const Stat = ({
  children,
  isBad = false,
  label,
  note
}: {
  readonly label: string
  readonly children: React.ReactNode
  readonly note?: React.ReactNode
  readonly isBad?: boolean
}) => (
  <div className="stat">
    <dt>{label}</dt>
    <dd className={isBad ? "stat-value stat-bad" : "stat-value"}>
      <div>{children}</div>
    </dd>
    {note === undefined ? null : <dd className="stat-note">{note}</dd>}
  </div>
)

/** Numbers in a row. */
export const Stats = ({ children }: { readonly children: React.ReactNode }) => (
  <dl className="stats">{children}</dl>
)
