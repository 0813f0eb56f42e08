import Check from "lucide-react/dist/esm/icons/check.mjs"
import Copy from "lucide-react/dist/esm/icons/copy.mjs"
import { useEffect, useState } from "react"
import "./cli-command.css"

/** How long it says that it was copied. */
const shownMs = 1_500

/** Quotes what a shell would take apart. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** A command of the command line that does or shows the same; pressed, it is copied. */
export const CliCommand = ({ command }: { readonly command: string }) => {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = (): void => {
    // Where the page may not write to the clipboard the command can still be selected.
    void navigator.clipboard?.writeText(command).then(
      () => setCopied(true),
      () => undefined
    )
  }
  return (
    <button type="button" className="cli" onClick={copy} aria-label={`Copy the command ${command}`}>
      <code>{command}</code>
      {isCopied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
      <span className="unseen" aria-live="polite">
        {isCopied ? "copied" : ""}
      </span>
    </button>
  )
}
