import { useRouter } from "@tanstack/react-router"
import { useId, useState } from "react"
import { Dialog } from "../parts/dialog.tsx"
import { type Place, placesFor, usePlaces } from "./places.ts"

const most = 12

/** Goes anywhere by a few letters of its name. */
export const SearchDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const router = useRouter()
  const id = useId()
  const [text, setText] = useState("")
  const [chosen, setChosen] = useState(0)
  const found = placesFor(usePlaces(), text, most)
  const go = (place: Place | undefined): void => {
    if (place === undefined) return
    onClose()
    void router.navigate({ to: place.address })
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === "Enter") go(found[chosen])
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
    event.preventDefault()
    const step = event.key === "ArrowDown" ? 1 : -1
    setChosen(Math.max(0, Math.min(found.length - 1, chosen + step)))
  }
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        className="field search-field"
        role="combobox"
        aria-label="Go to a pipeline, node, package or source"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length === 0 ? undefined : `${id}-${chosen}`}
        placeholder="Pipeline, node, package, source …"
        autoComplete="off"
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={id} role="listbox" aria-label="Places" className="search-list">
        {found.map((place, index) => (
          <div
            key={place.address}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className="search-place"
            onClick={() => go(place)}
            onPointerMove={() => setChosen(index)}
          >
            <span className="wrap-anywhere">{place.name}</span>
            <span className="tag">{place.kind}</span>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p>Nothing is called so.</p> : null}
    </Dialog>
  )
}
