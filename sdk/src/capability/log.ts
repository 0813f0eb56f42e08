import type { Capability } from "./capability.ts"

/** Structured logs, shown by `millrace logs` with node, partition and offset. Budgeted by the runtime; needs no grant. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
export interface LogFields {
  readonly [name: string]: string | number | boolean | null
}

export const log = (): Capability<Log> => ({
  keyed: false,
  need: {
    need: "nothing",
    make: (host) => {
      const at =
        (level: "debug" | "info" | "warn" | "error") =>
        (message: string, fields: LogFields = {}) =>
          host.log(level, message, JSON.stringify(fields))
      return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }
    }
  }
})
