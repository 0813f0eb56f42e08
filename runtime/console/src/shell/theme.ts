import { useSyncExternalStore } from "react"

/** `system`: as the machine is set. */
export type Theme = "system" | "light" | "dark"

const key = "millrace.theme"
const dark = matchMedia("(prefers-color-scheme: dark)")
const listeners = new Set<() => void>()

const stored = (): Theme => {
  try {
    const kept = localStorage.getItem(key)
    return kept === "light" || kept === "dark" ? kept : "system"
  } catch {
    return "system"
  }
}

let theme: Theme = stored()

const show = (): void => {
  const isDark = theme === "dark" || (theme === "system" && dark.matches)
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light"
  for (const listener of listeners) listener()
}

/** Shows the theme that was chosen, before anything is drawn, and follows the machine's. */
export const startTheme = (): void => {
  show()
  dark.addEventListener("change", show)
}

export const chooseTheme = (next: Theme): void => {
  theme = next
  try {
    localStorage.setItem(key, next)
  } catch {
    // It then lasts as long as the page.
  }
  show()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => theme)

/** `light` or `dark`, whichever is seen. For what is drawn by script, and cannot follow a custom property. */
export const useShownTheme = (): string =>
  useSyncExternalStore(subscribe, () => document.documentElement.dataset["theme"] ?? "light")
