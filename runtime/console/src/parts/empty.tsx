import { CliCommand } from "./cli-command.tsx"
import "./empty.css"

/** There is nothing to show: says why, and what to do. */
export const Empty = ({
  children,
  command,
  title
}: {
  readonly title: string
  readonly children?: React.ReactNode
  readonly command?: string
}) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children === undefined ? null : <p>{children}</p>}
    {command === undefined ? null : <CliCommand command={command} />}
  </div>
)
