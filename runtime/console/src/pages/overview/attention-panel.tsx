import { useLive } from "../../live/use-live.ts"
import { AddressLink } from "../../parts/address-link.tsx"
import { Badge } from "../../parts/badge.tsx"
import { Panel } from "../../parts/panel.tsx"
import { attention, type Matter } from "./attention.ts"

const Entry = ({ matter }: { readonly matter: Matter }) => (
  <li>
    <AddressLink to={matter.address}>
      <Badge tone={matter.tone}>{matter.what}</Badge>
      <span className="attention-name">{matter.pipeline}</span>
      <span className="dim">{matter.why}</span>
    </AddressLink>
  </li>
)

/** What asks for a look, the worst first: where to begin in a platform that one does not know. */
export const AttentionPanel = () => {
  const matters = attention(useLive((status) => status.pipelines) ?? [])
  return (
    <Panel title="Needs a look" isFlush aside={matters.length === 0 ? undefined : matters.length}>
      {matters.length === 0 ? (
        <p className="waiting">
          <Badge tone="good">nothing</Badge>: no failure, alert or dead letter, and no pipeline is a minute
          behind.
        </p>
      ) : (
        <ul className="list attention">
          {matters.map((matter) => (
            <Entry key={`${matter.pipeline} ${matter.what}`} matter={matter} />
          ))}
        </ul>
      )}
    </Panel>
  )
}
