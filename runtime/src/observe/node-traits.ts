import { nodeKind, type PluginManifest } from "@millrace/sdk/manifest"

/** What a plugin does, as far as charts and alerts depend on it. */
export interface NodeTraits {
  readonly kind: "source" | "processor" | "sink"
  /** It takes records that it can fail on. */
  readonly takes: boolean
  /** It gives records to other nodes. */
  readonly gives: boolean
  readonly keepsState: boolean
  /** It goes by event time: what is late matters to it. */
  readonly usesTime: boolean
  /** It asks the worker for files, HTTP or tables. */
  readonly asks: boolean
}

/** What a plugin's manifest says of its nodes. */
export const traitsOf = (plugin: PluginManifest): NodeTraits => {
  const kind = nodeKind(plugin)
  return {
    kind,
    takes: kind !== "source",
    gives: kind !== "sink",
    keepsState: plugin.state.length > 0 || plugin.timers,
    usesTime: plugin.timers,
    asks: plugin.permissions.length > 0 || plugin.tables.length > 0
  }
}
