import "./share-bar.css"

/** A part of a whole as a bar, beside the number that says the same. */
export const ShareBar = ({
  children,
  isHigh = false,
  share
}: {
  /** 0 to 1. */
  readonly share: number
  /** Far above what is usual. */
  readonly isHigh?: boolean
  readonly children: React.ReactNode
}) => (
  <span className="share">
    <svg
      className={isHigh ? "share-bar share-high" : "share-bar"}
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect width={Math.max(share > 0 ? 1 : 0, Math.min(100, share * 100))} height="8" />
    </svg>
    <span className="share-text">{children}</span>
  </span>
)
