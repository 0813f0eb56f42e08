import { lineDiff } from "./line-diff.ts"
import "./diff-view.css"

const classes = { " ": undefined, "-": "diff-out", "+": "diff-in" } as const

/** Two texts, line by line. */
export const DiffView = ({
  after,
  before,
  label
}: {
  readonly before: string
  readonly after: string
  readonly label: string
}) => (
  <pre className="diff" role="region" aria-label={label} tabIndex={0}>
    {lineDiff(before, after).map(({ sign, text }, index) => (
      <div key={index} className={classes[sign]}>
        {sign} {text}
      </div>
    ))}
  </pre>
)
