import { useEffect, useState } from "react"

/** Keys that follow each other within it are one search. */
const waitMs = 200

/** A text to search by; told when the writer pauses. */
export const SearchField = ({
  change,
  label,
  value
}: {
  readonly label: string
  readonly value: string
  readonly change: (text: string) => void
}) => {
  const [text, setText] = useState(value)
  useEffect(() => {
    if (text === value) return undefined
    const timer = setTimeout(() => change(text), waitMs)
    return () => clearTimeout(timer)
  }, [text, value, change])
  return (
    <input
      type="search"
      className="field"
      size={34}
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={({ target }) => setText(target.value)}
    />
  )
}
