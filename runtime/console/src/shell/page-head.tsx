import { useEffect } from "react"

/** Title of a page, also of the browser's tab. */
export const PageHead = ({
  children,
  title,
  trail
}: {
  readonly title: string
  /** Where it belongs. */
  readonly trail?: React.ReactNode
  readonly children?: React.ReactNode
}) => {
  useEffect(() => {
    document.title = `${title} – Millrace`
  }, [title])
  return (
    <div className="page-head">
      {trail === undefined ? null : <div className="page-trail">{trail}</div>}
      <h1>{title}</h1>
      {children}
    </div>
  )
}
