import type { HostRequest } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { PluginManifest } from "../../manifest/manifest.ts"
import type { Intercept } from "../test-host.ts"

/** A request as it went by. */
export interface SeenRequest {
  readonly handle: string
  readonly operation: string
  /** Order of its start, and of its answer; -1: none came. */
  readonly started: number
  answered: number
  /** It was served, and not refused. */
  isServed: boolean
  readonly payload: unknown
  readonly bytes: Uint8Array | undefined
}

/** Stands between a plugin and its host: counts what is asked, and makes single requests fail or hang. */
export class Watch {
  readonly seen: SeenRequest[] = []
  /** Requests that are under way, and the most that ever were. */
  underWay = 0
  most = 0
  #clock = 0
  readonly #fault: Fault | undefined

  constructor(fault?: Fault) {
    this.#fault = fault
  }

  /** The request that the fault is for came. */
  get isStruck(): boolean {
    return this.#fault !== undefined && this.seen.length > this.#fault.at
  }

  readonly intercept: Intercept = (request, serve) =>
    Effect.suspend(() => {
      const place = this.seen.length
      const seen = seenOf(request, this.#clock++)
      this.seen.push(seen)
      this.underWay += 1
      this.most = Math.max(this.most, this.underWay)
      return (this.#fault?.at === place ? this.#fault.answer(serve) : serve).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            seen.isServed = this.#fault?.at !== place
          })
        ),
        Effect.ensuring(
          Effect.sync(() => {
            seen.answered = this.#clock++
            this.underWay -= 1
          })
        )
      )
    })
}

const seenOf = ({ bytes, handle, operation, payload }: HostRequest, started: number): SeenRequest => ({
  handle,
  operation,
  started,
  answered: -1,
  isServed: false,
  payload,
  bytes
})

/** What becomes of one request, by its number from 0. */
export interface Fault {
  readonly at: number
  readonly answer: (serve: ReturnType<Intercept>) => ReturnType<Intercept>
  /** In words. */
  readonly what: string
}

/** A refusal with a code that the worker would give for a capability of this kind. */
const refusal = (at: number, code: string): Fault => ({
  at,
  answer: () => Effect.fail({ _tag: "HostRequestError", code, message: `the ${code} of a test` }),
  what: `request ${at + 1} fails with ${code}`
})

/** It is done, and no answer ever comes; `come` is told then. */
export const silence = (at: number, come: () => void): Fault => ({
  at,
  answer: (serve) => Effect.andThen(Effect.exit(serve), Effect.andThen(Effect.sync(come), Effect.never)),
  what: `it is broken off at request ${at + 1}`
})

/** The other side answers, but only that it cannot. */
const unavailable = (at: number): Fault => ({
  at,
  answer: (serve) =>
    Effect.map(serve, ({ result }) => ({
      result: { ...Object(result), status: 503 },
      bytes: new TextEncoder().encode("Service Unavailable")
    })),
  what: `request ${at + 1} is answered by 503`
})

/** How a request of a handle may fail. */
export const faultsOf = (manifest: PluginManifest, handle: string, at: number): readonly Fault[] => {
  const kinds = manifest.permissions
    .filter((each) => each.handle === handle)
    .map(({ permission }) => permission.kind)
  if (kinds.includes("net")) {
    const code = kinds.includes("secret") ? "SECRET_MISSING" : "PERMISSION_DENIED"
    return [refusal(at, "TIMEOUT"), refusal(at, code), unavailable(at)]
  }
  return [refusal(at, kinds.includes("read") || kinds.includes("write") ? "IO" : "HOST_FAILED")]
}

const maxOperations = 6

/** Requests that are made to fail, with their numbers: of each operation one in the middle, the first and the last of all. */
export const someRequests = (seen: readonly SeenRequest[]): readonly (readonly [number, SeenRequest])[] => {
  const all = [...seen.entries()]
  const kinds = Map.groupBy(all, ([, { handle, operation }]) => `${handle} ${operation}`)
  const middles = [...kinds.values()].slice(0, maxOperations).map((own) => own[Math.floor(own.length / 2)]!)
  return [...new Set([all[0]!, ...middles, all.at(-1)!])]
}
