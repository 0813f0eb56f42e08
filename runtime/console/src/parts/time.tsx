import { useNow } from "../live/use-now.ts"
import { dateText, durationText } from "./format.ts"

/** How long ago something was, with the date when pointed at. */
export const Ago = ({ at }: { readonly at: number }) => {
  const now = useNow()
  const seconds = Math.max(0, (now - at) / 1_000)
  return (
    <time dateTime={new Date(at).toISOString()} title={dateText(at)} className="num">
      {seconds < 5 ? "just now" : `${durationText(seconds)} ago`}
    </time>
  )
}

/** A moment, written out. */
export const Moment = ({ at }: { readonly at: number }) => (
  <time dateTime={new Date(at).toISOString()} className="num">
    {dateText(at)}
  </time>
)
