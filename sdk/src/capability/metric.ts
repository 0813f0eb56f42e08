import type { Capability } from "./capability.ts"

/** Values for a metric's labels; a label that was not declared is a compile error. */
export type Labels<Name extends string> = { readonly [N in Name]: string }

/** A count that only grows, exported under the handle's name. Counted again when a batch is run again after a kill. */
export interface Counter<Label extends string> {
  add(amount: number, ...labels: LabelArguments<Label>): void
}
/** A distribution of values, exported under the handle's name. */
export interface Histogram<Label extends string> {
  record(value: number, ...labels: LabelArguments<Label>): void
}
type LabelArguments<Label extends string> = [Label] extends [never] ? [] : [labels: Labels<Label>]

export interface MetricOptions<Label extends string> {
  readonly labels?: readonly Label[]
}

export const counter = <const Label extends string = never>(
  _options: MetricOptions<Label> = {}
): Capability<Counter<Label>> => ({
  keyed: false,
  need: {
    need: "nothing",
    make: (host, name) => ({
      add: (amount, labels?: Labels<Label>) =>
        host.metric(name, "counter", JSON.stringify(labels ?? {}), amount)
    })
  }
})

export const histogram = <const Label extends string = never>(
  _options: MetricOptions<Label> = {}
): Capability<Histogram<Label>> => ({
  keyed: false,
  need: {
    need: "nothing",
    make: (host, name) => ({
      record: (value, labels?: Labels<Label>) =>
        host.metric(name, "histogram", JSON.stringify(labels ?? {}), value)
    })
  }
})
