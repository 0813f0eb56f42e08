import type { RevisionView } from "@millrace/sdk/api"
import "./release.css"

const signs = { add: "+", remove: "-", change: "~", note: " " } as const
const names = { add: "added", remove: "removed", change: "changed", note: "note" } as const

/** Lines of a plan's difference, as `millrace plan` prints them. */
export const ChangeLines = ({ changes }: { readonly changes: RevisionView["changes"] }) =>
  changes.length === 0 ? (
    <p className="note">The plan did the same as the one before.</p>
  ) : (
    <ul className="list change-lines" aria-label="Changes of the plan">
      {changes.map(({ action, text }, index) => (
        <li key={index} className={`change-${action}`}>
          <span aria-label={names[action]}>{signs[action]}</span>
          <span className="wrap-anywhere">{text}</span>
        </li>
      ))}
    </ul>
  )
