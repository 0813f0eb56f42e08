import { Dialog } from "../parts/dialog.tsx"
import { shortcuts } from "./shortcuts.ts"

/** The keys. */
export const HelpDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <Dialog title="Keys" onClose={onClose}>
    <h2>Keys</h2>
    <dl className="keys">
      {shortcuts.map(([keys, what]) => (
        <div key={keys}>
          <dt>
            {keys.split(" ").map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
    <form method="dialog">
      <button type="button" className="button" onClick={onClose} autoFocus>
        Close
      </button>
    </form>
  </Dialog>
)
