import * as Layer from "effect/Layer"
import { Alerts, type AlertsOptions } from "../../observe/alerts/alerts.ts"
import { Samples } from "../../observe/samples.ts"
import { watchedPipelinesLayer } from "./watched-pipelines.ts"

/** What was measured of late, and the alerts that follow from it. Nothing is measured before `watch` runs. */
export const observingLayer = (options: AlertsOptions) =>
  Alerts.layer(options).pipe(
    Layer.provideMerge(Samples.layer(options.times)),
    Layer.provideMerge(watchedPipelinesLayer)
  )
