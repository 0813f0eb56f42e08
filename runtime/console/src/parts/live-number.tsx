import "./live-number.css"

/**
 * A number that changes each second. It has a place of its own size, so that a change lays out nothing but itself; and a new
 * value is a new element: one that stands at the right would else begin elsewhere, which a browser counts as a shift.
 */
export const LiveNumber = ({ children }: { readonly children: string | number }) => (
  <span className="live-number">
    <span key={children}>{children}</span>
  </span>
)
