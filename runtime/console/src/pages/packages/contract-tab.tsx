import type { VersionDescription } from "@millrace/sdk/api"
import { useApi } from "../../api/use-api.ts"
import { CliCommand } from "../../parts/cli-command.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import type { VersionPlace } from "./version-place.ts"

type Plugin = VersionDescription["plugins"][number]

const Permissions = ({ plugin }: { readonly plugin: Plugin }) => (
  <div>
    <h3>May</h3>
    {plugin.permissions.length === 0 ? (
      <p className="dim">nothing: it sees its records and nothing else</p>
    ) : (
      <ul>
        {plugin.permissions.map((permission) => (
          <li key={permission}>{permission}</li>
        ))}
      </ul>
    )}
    <h3>Keeps by key</h3>
    <p className="dim">{plugin.state.join(", ") || "nothing"}</p>
  </div>
)

/** What each plugin of a version takes, gives and asks for. */
export const ContractTab = ({ place }: { readonly place: VersionPlace }) => {
  const { name, scope, version } = place
  const description = useApi("GET /api/packages/:scope/:name/versions/:version/description", {
    params: { scope, name, version }
  })
  return (
    <Loaded query={description} what="the contract">
      {({ plugins }) =>
        plugins.map((plugin) => (
          <Panel
            key={plugin.name}
            title={`${plugin.name}, a ${plugin.kind}`}
            aside={<CliCommand command={`millrace show ${scope}/${name}@${version}#${plugin.name}`} />}
          >
            {plugin.description === null ? null : <p>{plugin.description}</p>}
            <div className="contract">
              {plugin.contracts.map(({ fields, title }) => (
                <div key={title}>
                  <h3>{title}</h3>
                  <ul className="list contract-fields">
                    {fields.map((field) => (
                      <li key={field}>
                        <code>{field}</code>
                      </li>
                    ))}
                  </ul>
                </div>
              ))}
              <Permissions plugin={plugin} />
            </div>
          </Panel>
        ))
      }
    </Loaded>
  )
}
