import type { AppRouter } from "../router.tsx"
import { toggleFreeze } from "./live-control.tsx"
import { chooseTheme } from "./theme.ts"

/** Keys and what they do, as the help shows them. `g` and a letter are pressed one after the other. */
export const shortcuts: readonly (readonly [keys: string, what: string])[] = [
  ["/", "Go to a pipeline, node, package or source"],
  ["f", "Freeze the live view, or let it go on"],
  ["t", "Change between light and dark"],
  ["g o", "Overview"],
  ["g m", "Platform"],
  ["g s", "Sources"],
  ["g p", "Packages"],
  ["g d", "Dead letters"],
  ["g l", "Alerts"],
  ["g c", "Cost"],
  ["g a", "Audit"],
  ["?", "These keys"]
]

const pages = {
  o: "/",
  m: "/platform",
  s: "/sources",
  p: "/packages",
  d: "/dead-letters",
  l: "/alerts",
  c: "/cost",
  a: "/audit"
} as const

const isPage = (key: string): key is keyof typeof pages => Object.hasOwn(pages, key)

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))

/** Listens for the keys; answers how to stop. `show` opens the search or the help. */
export const listenForKeys = (router: AppRouter, show: (what: "search" | "help") => void): (() => void) => {
  let isGoing = false
  const onKey = (event: KeyboardEvent): void => {
    const isSearch = event.key === "k" && (event.ctrlKey || event.metaKey)
    if (isSearch) {
      event.preventDefault()
      show("search")
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return
    if (document.querySelector("dialog[open]") !== null) return
    const wasGoing = isGoing
    isGoing = event.key === "g"
    if (wasGoing && isPage(event.key)) void router.navigate({ to: pages[event.key] })
    else press(event, show)
  }
  addEventListener("keydown", onKey)
  return () => removeEventListener("keydown", onKey)
}

const press = (event: KeyboardEvent, show: (what: "search" | "help") => void): void => {
  switch (event.key) {
    case "/":
      // Else the key would be written into the field that opens.
      event.preventDefault()
      show("search")
      return
    case "?":
      show("help")
      return
    case "f":
      toggleFreeze()
      return
    case "t":
      chooseTheme(document.documentElement.dataset["theme"] === "dark" ? "light" : "dark")
  }
}
