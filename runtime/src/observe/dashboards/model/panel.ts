import type { PanelView } from "@millrace/sdk/api"
import type { Query } from "../../../telemetry/query/query.ts"

/** One query of a panel; `{label}` in its legend stands for the value of a line's label. */
export interface PanelLine {
  readonly legend: string
  readonly query: Query
}

/** A chart as data; Grafana's panels and the console's charts are made from it. */
export interface PanelModel {
  /** Unique in its dashboard. */
  readonly id: string
  readonly title: string
  readonly help: string
  readonly kind: PanelView["kind"]
  readonly unit: PanelUnit
  readonly lines: readonly PanelLine[]
}

export type PanelUnit =
  | "records/s"
  | "records"
  | "bytes"
  | "bytes/s"
  | "seconds"
  | "ratio"
  | "count"
  | "count/s"
  | "cores"

export interface DashboardModel {
  readonly title: string
  readonly rows: readonly { readonly title: string; readonly panels: readonly PanelModel[] }[]
}

/** Seconds that rates in panels look back over where nobody says otherwise: four samples of a scrape each 15 seconds. */
export const panelWindow = 60
