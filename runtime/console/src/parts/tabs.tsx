import { useLocation } from "@tanstack/react-router"
import { useEffect, useRef } from "react"
import { AddressLink } from "./address-link.tsx"
import "./tabs.css"

/** Views of one thing; each has an address of its own (`?tab=logs`), the first one none. */
export const Tabs = <Name extends string>({
  chosen,
  keeps = {},
  label,
  names
}: {
  readonly label: string
  readonly names: { readonly [N in Name]: string }
  readonly chosen: Name
  /** Parts of the address that hold for all views. */
  readonly keeps?: { readonly [name: string]: string | undefined }
}) => {
  const { pathname } = useLocation()
  const place = useRef<HTMLElement>(null)
  useEffect(() => {
    const tab = place.current?.querySelector("[aria-current]")
    if (place.current === null || !(tab instanceof HTMLElement)) return
    // Where they do not all fit the chosen one is to be seen.
    const { left, right } = place.current.getBoundingClientRect()
    const own = tab.getBoundingClientRect()
    if (own.right > right) place.current.scrollLeft += own.right - right
    if (own.left < left) place.current.scrollLeft += own.left - left
  }, [chosen])
  const addressOf = (name: string, isFirst: boolean): string => {
    const parts = Object.entries({ ...(isFirst ? {} : { tab: name }), ...keeps })
    const search = new URLSearchParams(
      parts.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
    )
    return search.size === 0 ? pathname : `${pathname}?${search.toString()}`
  }
  return (
    <nav ref={place} className="tabs" aria-label={label}>
      {Object.entries<string>(names).map(([name, title], index) => (
        <AddressLink key={name} to={addressOf(name, index === 0)} isChosen={name === chosen} className="tab">
          {title}
        </AddressLink>
      ))}
    </nav>
  )
}
