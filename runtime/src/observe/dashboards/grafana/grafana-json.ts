import { DashboardCursorSync } from "@grafana/grafana-foundation-sdk/dashboard"
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard"
import type { DashboardModel } from "../model/panel.ts"
import { grafanaPanel } from "./grafana-panel.ts"
import { datasourceVariable, type LabelVariable, labelVariable } from "./grafana-variable.ts"

export interface GrafanaOptions {
  /** Stable for what the dashboard is of; an import replaces the one with the same. At most 40 characters are used. */
  readonly uid: string
  readonly tags: readonly string[]
  /** Variables that the model's names stand for, in an order in which each follows what its query needs. */
  readonly variables: readonly LabelVariable[]
}

/** A dashboard as Grafana imports it (dashboard schema version 42), JSON; its data source is chosen where it is looked at. */
export const grafanaJson = (model: DashboardModel, { tags, uid, variables }: GrafanaOptions): string => {
  const builder = new dashboard.DashboardBuilder(model.title)
    .tags(["millrace", ...tags])
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: "now-1h", to: "now" })
    .refresh("10s")
    .withVariable(datasourceVariable())
  const name = slug(uid)
  if (name.length <= 40) builder.uid(name)
  for (const variable of variables) builder.withVariable(labelVariable(variable))
  for (const row of model.rows) {
    builder.withRow(new dashboard.RowBuilder(row.title))
    for (const panel of row.panels) builder.withPanel(grafanaPanel(panel))
  }
  return `${JSON.stringify(builder.build(), undefined, 2)}\n`
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
