import "./json-view.css"

/** A value as JSON. */
export const JsonView = ({ label, value }: { readonly label: string; readonly value: unknown }) => (
  <pre className="json" tabIndex={0} role="region" aria-label={label}>
    {JSON.stringify(value, null, 2) ?? "undefined"}
  </pre>
)
