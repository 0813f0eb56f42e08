import { useNow } from "../live/use-now.ts"
import { agoText, dateText } from "./format.ts"

/** How long ago something was, or in how long it will be where its clock is ahead, with the date when pointed at. */
export const Ago = ({ at }: { readonly at: number }) => {
  const now = useNow()
  return (
    <time dateTime={new Date(at).toISOString()} title={dateText(at)} className="num">
      {agoText((now - at) / 1_000)}
    </time>
  )
}

/** A moment, written out. */
export const Moment = ({ at }: { readonly at: number }) => (
  <time dateTime={new Date(at).toISOString()} className="num">
    {dateText(at)}
  </time>
)
