/** False with `MILLRACE_OBSERVE=off`: no history, no alerts, no audits; `/metrics` and the API tell what they are asked. For who has a Prometheus, and to measure what it costs. */
export const isObserving = (environment: { readonly [name: string]: string | undefined }): boolean =>
  environment["MILLRACE_OBSERVE"] !== "off"
