import "./badge.css"

/** What a state means for whoever looks on. */
export type Tone = "good" | "warning" | "bad" | "quiet" | "busy"

/** A shape for each tone, so that colour is not needed to tell them apart. */
const Shape = ({ tone }: { readonly tone: Tone }) => (
  <svg className="badge-shape" viewBox="0 0 10 10" aria-hidden="true">
    {tone === "good" ? <circle cx="5" cy="5" r="4" /> : null}
    {tone === "warning" ? <path d="M5 .8 9.6 9.2H.4Z" /> : null}
    {tone === "bad" ? <path d="M3 .5h4L9.5 3v4L7 9.5H3L.5 7V3Z" /> : null}
    {tone === "quiet" ? <circle cx="5" cy="5" r="3.2" className="badge-hollow" /> : null}
    {tone === "busy" ? (
      <path d="M5 1a4 4 0 0 1 0 8Z M5 1.8a3.2 3.2 0 1 0 0 6.4" className="badge-half" />
    ) : null}
  </svg>
)

/** A state: shape, word and colour say the same. */
export const Badge = ({ children, tone }: { readonly tone: Tone; readonly children: React.ReactNode }) => (
  <span className={`badge badge-${tone}`}>
    <Shape tone={tone} />
    {children}
  </span>
)
