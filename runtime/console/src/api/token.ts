const key = "millrace.token"
const listeners = new Set<() => void>()

const stored = (): string | undefined => {
  // A browser that keeps nothing for us refuses the very access.
  try {
    return sessionStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

let token: string | undefined = stored()

/** The token that calls carry; none: what the platform lets anyone on its own machine read. */
export const currentToken = (): string | undefined => token

/** Keeps a token for as long as the tab is open; `undefined` forgets it. */
export const keepToken = (next: string | undefined): void => {
  token = next
  try {
    if (next === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, next)
  } catch {
    // It then lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

export const onToken = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Takes the token that `millrace console` put into the address (`#token=…`) out of it, before anything else can see it there. */
export const takeTokenFromAddress = (): void => {
  const given = new URLSearchParams(location.hash.slice(1)).get("token")
  if (given === null) return
  history.replaceState(history.state, "", `${location.pathname}${location.search}`)
  keepToken(given)
}
