import { useRouter } from "@tanstack/react-router"

/** A link to an address of the console that is made at run time. Opens in place, unless the reader asks for another tab. */
export const AddressLink = ({
  children,
  className,
  isChosen = false,
  to
}: {
  readonly to: string
  readonly children: React.ReactNode
  readonly className?: string
  /** It leads where one is. */
  readonly isChosen?: boolean
}) => {
  const router = useRouter()
  return (
    <a
      href={to}
      className={className}
      aria-current={isChosen ? "page" : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        void router.navigate({ href: to })
      }}
    >
      {children}
    </a>
  )
}
