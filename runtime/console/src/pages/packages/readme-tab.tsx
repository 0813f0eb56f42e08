import { useQuery } from "@tanstack/react-query"
import { callText } from "../../api/call.ts"
import { Empty } from "../../parts/empty.tsx"
import { Loaded } from "../../parts/loaded.tsx"
import { Panel } from "../../parts/panel.tsx"
import type { VersionPlace } from "./version-place.ts"

/** The README of a version. The registry has taken out of it all that could run, load or send. */
export const ReadmeTab = ({ place }: { readonly place: VersionPlace }) => {
  const { name, scope, version } = place
  const readme = useQuery({
    queryKey: ["readme", place],
    queryFn: ({ signal }) =>
      callText(
        "GET /api/packages/:scope/:name/versions/:version/readme",
        { params: { scope, name, version } },
        signal
      )
  })
  return (
    <Panel title="README">
      <Loaded query={readme} what="the README">
        {(html) =>
          html === "" ? (
            <Empty title="This version has no README" />
          ) : (
            <article className="readme" dangerouslySetInnerHTML={{ __html: html }} />
          )
        }
      </Loaded>
    </Panel>
  )
}
