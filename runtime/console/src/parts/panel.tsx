import { useId } from "react"
import "./panel.css"

/** A part of a page with its heading. */
export const Panel = ({
  aside,
  children,
  isFlush = false,
  title
}: {
  readonly title: string
  /** Beside the heading: counts, actions. */
  readonly aside?: React.ReactNode
  /** Without room around it: tables and graphs. */
  readonly isFlush?: boolean
  readonly children: React.ReactNode
}) => {
  const id = useId()
  return (
    <section className="panel" aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside === undefined ? null : <div className="panel-aside">{aside}</div>}
      </header>
      <div className={isFlush ? "panel-body panel-flush" : "panel-body"}>{children}</div>
    </section>
  )
}
