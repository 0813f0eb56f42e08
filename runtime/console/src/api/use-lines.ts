import { useEffect, useRef, useState } from "react"
import { useIsFrozen } from "../live/use-live.ts"
import { callLines } from "./lines.ts"
import type { ReplyOf, RequestOf, Route } from "./routes.ts"

/** Lines that came, the oldest first; each with a number of its own. */
export interface Lines<A> {
  readonly lines: readonly { readonly key: number; readonly line: A }[]
  readonly error: Error | undefined
  /** The stream has ended: no more will come. */
  readonly isEnded: boolean
}

/** Lines that come together are shown together, at most so often. */
const showEveryMs = 250

/** Follows what answers line by line; keeps the newest. A frozen view takes lines in and shows them when it goes on. */
export const useLines = <R extends Route>(
  route: R,
  request: RequestOf<R>,
  { isWanted = true, most }: { readonly most: number; readonly isWanted?: boolean }
): Lines<ReplyOf<R>> => {
  const [shown, setShown] = useState<Lines<ReplyOf<R>>>({ lines: [], error: undefined, isEnded: false })
  const isFrozen = useIsFrozen()
  const frozen = useRef(isFrozen)
  const show = useRef<() => void>(() => undefined)
  const wanted = JSON.stringify(request)
  useEffect(() => {
    frozen.current = isFrozen
    if (!isFrozen) show.current()
  }, [isFrozen])
  useEffect(() => {
    if (!isWanted) return undefined
    const end = new AbortController()
    let lines: Lines<ReplyOf<R>>["lines"] = []
    let error: Error | undefined
    let isEnded = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let next = 0
    show.current = () => {
      timer = undefined
      if (!frozen.current && !end.signal.aborted) setShown({ lines, error, isEnded })
    }
    const showSoon = (): void => {
      timer ??= setTimeout(() => show.current(), showEveryMs)
    }
    const follow = async (): Promise<void> => {
      try {
        const asked: RequestOf<R> = JSON.parse(wanted)
        for await (const line of callLines(route, asked, end.signal)) {
          next += 1
          lines = [...lines.slice(1 - most), { key: next, line }]
          showSoon()
        }
      } catch (cause) {
        error = cause instanceof Error ? cause : new Error(String(cause))
      }
      isEnded = true
      showSoon()
    }
    setShown({ lines: [], error: undefined, isEnded: false })
    void follow()
    return () => {
      end.abort()
      clearTimeout(timer)
    }
  }, [route, wanted, most, isWanted])
  return shown
}
