import { useEffect, useRef, useState } from "react"

const watchers = new Map<Element, (isSeen: boolean) => void>()

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) watchers.get(target)?.(isIntersecting)
  },
  // Ready a little before it is scrolled to.
  { rootMargin: "100px" }
)

/** Whether an element is in sight: what is not need not move. */
export const useSeen = <E extends Element>(): readonly [React.RefObject<E | null>, boolean] => {
  const place = useRef<E>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    watchers.set(element, setSeen)
    observer.observe(element)
    return () => {
      watchers.delete(element)
      observer.unobserve(element)
    }
  }, [])
  return [place, isSeen]
}
