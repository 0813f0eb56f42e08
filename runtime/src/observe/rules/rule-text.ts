import type { Labels } from "../../telemetry/metric/definition.ts"
import type { RuleUnit } from "./rule.ts"

/** A rule's text with its places filled in: `{label}`, `{value}`, `{threshold}`. */
export const filledText = (text: string, fill: (place: string) => string): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, place: string) => fill(place))

/** As a person reads it. */
export const textFor = (
  text: string,
  {
    labels,
    threshold,
    unit,
    value
  }: {
    readonly labels: Labels
    readonly threshold: number
    readonly unit: RuleUnit
    readonly value: number
  }
): string =>
  filledText(text, (place) => {
    if (place === "value") return amountText(value, unit)
    if (place === "threshold") return amountText(threshold, unit)
    return labels[place] ?? ""
  })

/** As a template of Prometheus. */
export const templateFor = (text: string, unit: RuleUnit, threshold: number): string =>
  filledText(text, (place) => {
    if (place === "value") return `{{ $value | ${templates[unit]} }}`
    if (place === "threshold") return amountText(threshold, unit)
    return `{{ $labels.${place} }}`
  })

const templates: { readonly [unit in RuleUnit]: string } = {
  records: 'printf "%.0f"',
  count: 'printf "%.0f"',
  cores: "humanizePercentage",
  ratio: "humanizePercentage",
  seconds: "humanizeDuration"
}

/** A number with its unit: `12 s`, `3.5 %`. */
export const amountText = (value: number, unit: RuleUnit): string => {
  switch (unit) {
    case "records":
    case "count":
      return String(Math.round(value))
    case "ratio":
    case "cores":
      return `${Number((value * 100).toPrecision(3))} %`
    case "seconds":
      return durationText(value)
  }
}

const durationText = (seconds: number): string => {
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Number((minutes / 60).toPrecision(3))} h`
}
