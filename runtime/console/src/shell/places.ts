import { useApi } from "../api/use-api.ts"
import { useLive } from "../live/use-live.ts"

/** Something that one can go to. */
export interface Place {
  readonly kind: "page" | "pipeline" | "node" | "source" | "package"
  readonly name: string
  readonly address: string
}

const pages: readonly Place[] = [
  ["Overview", "/"],
  ["Platform", "/platform"],
  ["Sources", "/sources"],
  ["Packages", "/packages"],
  ["Dead letters", "/dead-letters"],
  ["Alerts", "/alerts"],
  ["Cost", "/cost"],
  ["Audit", "/audit"]
].map(([name = "", address = ""]) => ({ kind: "page", name, address }))

/** Everything that the search knows. */
export const usePlaces = (): readonly Place[] => {
  const pipelines = useLive((status) => status.pipelines) ?? []
  const sources = useApi("GET /api/streams", { query: { limit: 1_000 } }).data?.streams ?? []
  const packages = useApi("GET /api/packages", { query: { limit: 1_000 } }).data?.packages ?? []
  return [
    ...pages,
    ...pipelines.map(({ pipeline }): Place => ({
      kind: "pipeline",
      name: pipeline,
      address: `/pipelines/${pipeline}`
    })),
    ...pipelines.flatMap(({ nodes, pipeline }) =>
      nodes.map(({ node }): Place => ({
        kind: "node",
        name: `${pipeline} / ${node}`,
        address: `/pipelines/${pipeline}/nodes/${encodeURIComponent(node)}`
      }))
    ),
    ...sources.map(({ stream }): Place => ({
      kind: "source",
      name: stream,
      address: `/sources/${encodeURIComponent(stream)}`
    })),
    ...packages.map(({ name }): Place => ({ kind: "package", name, address: `/packages/${name}` }))
  ]
}

/** The places that a text means: all its words are in the name; those that begin with it first. */
export const placesFor = (places: readonly Place[], text: string, most: number): readonly Place[] => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = places.filter(({ kind, name }) =>
    words.every((word) => name.toLowerCase().includes(word) || kind.startsWith(word))
  )
  const isFirst = ({ name }: Place): boolean =>
    words[0] !== undefined && name.toLowerCase().startsWith(words[0])
  return [...found.filter(isFirst), ...found.filter((place) => !isFirst(place))].slice(0, most)
}
