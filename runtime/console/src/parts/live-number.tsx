import "./live-number.css"

/** A number that changes each second: it has a place of its own size, so that a change lays out nothing but itself. */
export const LiveNumber = ({ children }: { readonly children: string | number }) => (
  <span className="live-number">{children}</span>
)
