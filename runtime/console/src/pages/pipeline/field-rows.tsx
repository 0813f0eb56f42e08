import type { GraphOutputField } from "@millrace/sdk/api"
import { classOf, type Column, Table } from "../../parts/table.tsx"

const columns: readonly Column[] = [
  { name: "Field" },
  { name: "Type" },
  { name: "Made of" },
  { name: "Comes from", isExtra: true }
]

/** The fields of what a node puts out; a field that is pressed shows its lineage. */
export const FieldRows = ({
  choose,
  chosen,
  fields,
  keys,
  label
}: {
  readonly label: string
  readonly fields: readonly GraphOutputField[]
  readonly keys: readonly string[]
  readonly chosen?: string | undefined
  readonly choose: (field: string | undefined) => void
}) => (
  <Table label={label} columns={columns}>
    {fields.map(({ doc, inputs, name, origins, sensitive, type }) => (
      <tr key={name} aria-selected={name === chosen}>
        <td>
          <button
            type="button"
            className="field-button"
            aria-pressed={name === chosen}
            onClick={() => choose(name === chosen ? undefined : name)}
          >
            <code>{name}</code>
          </button>{" "}
          {keys.includes(name) ? <span className="tag">key</span> : null}{" "}
          {sensitive ? <span className="tag">sensitive</span> : null}
          {doc === undefined ? null : <div className="dim">{doc}</div>}
        </td>
        <td>
          <code className="dim">{type}</code>
        </td>
        <td className="dim wrap-anywhere">
          {inputs.map((input) => input.replace(/^input\./, "")).join(", ")}
        </td>
        <td className={`dim wrap-anywhere ${classOf(false, true)}`}>{origins.join(", ")}</td>
      </tr>
    ))}
  </Table>
)
