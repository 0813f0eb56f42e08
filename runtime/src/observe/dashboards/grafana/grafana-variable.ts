import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common"
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh
} from "@grafana/grafana-foundation-sdk/dashboard"
import type { Matchers } from "../../../telemetry/query/query.ts"
import { metricSelector } from "../../../telemetry/query/promql.ts"

/** A variable whose values are those of a label. */
export interface LabelVariable {
  readonly name: string
  readonly title: string
  /** Follows from the others: nobody chooses it. */
  readonly hidden: boolean
  readonly label: string
  readonly metric: string
  readonly match: Matchers
}

/** The data source that is chosen at the top of a dashboard. */
export const chosenSource: DataSourceRef = { type: "prometheus", uid: "${datasource}" }

export const datasourceVariable = () =>
  new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus")

export const labelVariable = ({ hidden, label, match, metric, name, title }: LabelVariable) => {
  const query = `label_values(${metricSelector(metric, match)}, ${label})`
  return new QueryVariableBuilder(name)
    .label(title)
    .hide(hidden ? VariableHide.HideVariable : VariableHide.DontHide)
    .datasource(chosenSource)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
}
