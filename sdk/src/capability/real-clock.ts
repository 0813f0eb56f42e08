import type { Capability } from "./capability.ts"
import { type HostEffect, hostRequest } from "./host-request.ts"

/** The real time and real randomness. Either makes a replay differ, so each is a permission; `context.now` and `context.random` are free. */
export interface RealClock {
  /** Milliseconds since 1970 at the worker, at the moment of the call. */
  now(): HostEffect<number>
}
export interface RealRandom {
  /** `length` (at most 65,536) bytes from the system's generator. */
  bytes(length: number): HostEffect<Uint8Array>
}

/** Host request `now`, payload `{}`; answers `{ "now": ms }`. */
export const clock = (): Capability<RealClock> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [{ kind: "clock" }],
    make: (host, handle) => ({
      now: () =>
        hostRequest(host, {
          handle,
          operation: "now",
          payload: {},
          answer: (result) => numberIn(result, "now")
        })
    })
  }
})

/** Host request `bytes`, payload `{ "length": n }`; answers `{}` and the bytes. */
export const random = (): Capability<RealRandom> => ({
  keyed: false,
  need: {
    need: "permissions",
    permissions: [{ kind: "random" }],
    make: (host, handle) => ({
      bytes: (length) =>
        hostRequest(host, {
          handle,
          operation: "bytes",
          payload: { length },
          answer: (_result, bytes) => bytes ?? new Uint8Array()
        })
    })
  }
})

const numberIn = (result: unknown, name: string): number => {
  const value: unknown = typeof result === "object" && result !== null ? Reflect.get(result, name) : undefined
  if (typeof value !== "number") throw new Error(`the worker's answer has no number '${name}'`)
  return value
}
