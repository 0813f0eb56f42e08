/** What the client needs of the browser or of Node. */
export interface Surroundings {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly randomId: () => string
  /** 0 <= r < 1 */
  readonly random: () => number
  /** ms since 1970 */
  readonly now: () => number
  /** Calls once after a time; answers how to take it back. */
  readonly after: (ms: number, run: () => void) => () => void
  /** Calls when a page is hidden or left; answers how to take it back. Does nothing where there is no page. */
  readonly onLeave: (run: () => void) => () => void
}

export const ownSurroundings: Surroundings = {
  fetch: (url, init) => fetch(url, init),
  randomId: () => crypto.randomUUID(),
  random: () => Math.random(),
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  onLeave: (run) => {
    const page: unknown = Reflect.get(globalThis, "document")
    if (!(page instanceof EventTarget)) return () => {}
    const leave = () => {
      if (Reflect.get(page, "visibilityState") === "hidden") run()
    }
    // `unload` is not told to pages that a browser puts away; these two are (Page Lifecycle API).
    page.addEventListener("visibilitychange", leave)
    const global: unknown = globalThis
    const view = global instanceof EventTarget ? global : undefined
    view?.addEventListener("pagehide", run)
    return () => {
      page.removeEventListener("visibilitychange", leave)
      view?.removeEventListener("pagehide", run)
    }
  }
}
