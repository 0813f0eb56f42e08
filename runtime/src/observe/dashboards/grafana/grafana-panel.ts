import type { Builder } from "@grafana/grafana-foundation-sdk/cog"
import {
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder
} from "@grafana/grafana-foundation-sdk/common"
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard"
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus"
import * as stat from "@grafana/grafana-foundation-sdk/stat"
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries"
import { toPromql } from "../../../telemetry/query/promql.ts"
import type { PanelLine, PanelModel, PanelUnit } from "../model/panel.ts"
import { chosenSource } from "./grafana-variable.ts"

/** Of 24 columns. */
const width = 8
const height = 8

/** A panel of the model as Grafana's: a time series, or its newest number. */
export const grafanaPanel = (panel: PanelModel): Builder<Panel> => {
  if (panel.kind === "number") {
    return described(new stat.PanelBuilder(), panel).reduceOptions(
      new ReduceDataOptionsBuilder().calcs(["lastNotNull"])
    )
  }
  const builder = described(new timeseries.PanelBuilder(), panel)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .min(0)
  return panel.kind === "stacked"
    ? builder.fillOpacity(20).stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group("A"))
    : builder
}

const described = <B extends stat.PanelBuilder | timeseries.PanelBuilder>(
  builder: B,
  { help, lines, title, unit }: PanelModel
): B => {
  builder
    .title(title)
    .description(help)
    .datasource(chosenSource)
    .unit(units[unit])
    .span(width)
    .height(height)
    .targets(lines.map(target))
  return builder
}

const target = ({ legend, query }: PanelLine, index: number): DataqueryBuilder =>
  new DataqueryBuilder()
    .datasource(chosenSource)
    .refId(String.fromCodePoint("A".charCodeAt(0) + index))
    .expr(toPromql(query, { window: () => "$__rate_interval" }))
    .legendFormat(legend.replaceAll(/\{(\w+)\}/g, "{{$1}}"))
    .range()

/** Grafana's names of units. */
const units: { readonly [unit in PanelUnit]: string } = {
  "records/s": "suffix: records/s",
  records: "short",
  bytes: "bytes",
  "bytes/s": "Bps",
  seconds: "s",
  ratio: "percentunit",
  count: "short",
  "count/s": "ops",
  cores: "short"
}
