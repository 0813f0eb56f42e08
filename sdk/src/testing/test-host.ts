import type { HostReply, HostRequest, HostRequestError, SegmentHost } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { Permission } from "../permission/permission.ts"
import { type FakeHttp, fakeHttp, type FakeRequest, type FakeRoute } from "./fake-http.ts"
import { HostRefusal } from "./host-refusal.ts"
import type { RecordType } from "../avro/type.ts"
import { MemoryInbox, type TestEvent } from "./memory-inbox.ts"
import { MemoryFiles, type TestFiles } from "./memory-files.ts"
import { MemoryTopic } from "./memory-topic.ts"
import type { MemoryState } from "./memory-state.ts"

/** A fake capability: answers a host request of a handle, or throws (a {@link HostRefusal} with its code). */
export type FakeCapability = (request: {
  readonly operation: string
  readonly payload: unknown
  readonly bytes: Uint8Array | undefined
}) => FakeReply

export interface FakeReply {
  readonly result: unknown
  readonly bytes?: Uint8Array
  /** The answer comes so many milliseconds later. */
  readonly delayMs?: number
}

/** Stands between a plugin and what answers it; `serve` gives the answer that it would get. */
export type Intercept = (
  request: HostRequest,
  serve: Effect.Effect<HostReply, HostRequestError>
) => Effect.Effect<HostReply, HostRequestError>

export interface HostOptions {
  /** The clock, ms since 1970: of every batch, and of the `clock()` capability. Default 0. */
  readonly now?: number
  /** By handle: the files below the path that it was granted; of `kafka`, its topic as files ({@link MemoryTopic}). */
  readonly files?: { readonly [handle: string]: TestFiles }
  /** By handle: fakes for what the kit does not serve itself (http), or instead of what it does. */
  readonly fakes?: { readonly [handle: string]: FakeCapability }
  /** By handle: what was posted to a source that listens. */
  readonly inbox?: { readonly [handle: string]: readonly TestEvent[] }
  /** By handle: how http answers; see {@link FakeRoute}. */
  readonly http?: { readonly [handle: string]: readonly FakeRoute[] }
  /** Sees every request, and may answer in the place of what serves it. */
  readonly intercept?: Intercept
}

/** The worker's side of a test: in-memory files, a fixed clock, fakes; everything else is denied. */
export class TestHost {
  readonly segmentHost: SegmentHost
  /** The clock, ms since 1970. */
  now: number
  readonly #options: HostOptions
  readonly #permissions: readonly { readonly handle: string; readonly permission: Permission }[]
  readonly #files = new Map<string, MemoryFiles | MemoryTopic>()
  readonly #inboxes = new Map<string, MemoryInbox>()
  readonly #http = new Map<string, FakeHttp>()
  readonly #requests: FakeRequest[] = []

  constructor(
    permissions: readonly { readonly handle: string; readonly permission: Permission }[],
    state: MemoryState,
    options: HostOptions,
    contract?: RecordType
  ) {
    this.#permissions = permissions
    this.#options = options
    this.now = options.now ?? 0
    for (const { handle, permission } of permissions) {
      if (permission.kind === "listen" && contract !== undefined)
        this.#inboxes.set(handle, new MemoryInbox(options.inbox?.[handle] ?? [], contract, () => this.now))
      if (permission.kind === "kafka") this.#files.set(handle, new MemoryTopic(options.files?.[handle] ?? {}))
      if (permission.kind !== "read" && permission.kind !== "write") continue
      this.#files.set(handle, new MemoryFiles(options.files?.[handle] ?? {}))
    }
    for (const [handle, routes] of Object.entries(options.http ?? {})) {
      const own = permissions.filter((each) => each.handle === handle).map(({ permission }) => permission)
      this.#http.set(handle, fakeHttp(handle, routes, own, this.#requests))
    }
    this.segmentHost = {
      request: (request) =>
        options.intercept === undefined
          ? this.#serve(request)
          : options.intercept(request, this.#serve(request)),
      readState: (keys) => Effect.sync(() => state.read(keys))
    }
  }

  /** By handle, then by path. */
  get files(): { readonly [handle: string]: { readonly [path: string]: Uint8Array } } {
    return Object.fromEntries([...this.#files].map(([handle, { files }]) => [handle, files]))
  }

  /** What the http of {@link HostOptions} was asked, in order. */
  get requests(): readonly FakeRequest[] {
    return this.#requests
  }

  #serve(request: HostRequest): Effect.Effect<HostReply, HostRequestError> {
    return Effect.flatMap(
      Effect.try({ try: () => this.#answer(request), catch: refusalOf }),
      ({ delayMs = 0, ...reply }) =>
        delayMs > 0 ? Effect.delay(Effect.succeed(reply), delayMs) : Effect.succeed(reply)
    )
  }

  #answer({ handle, operation, payload, bytes }: HostRequest): FakeReply {
    const fake = this.#options.fakes?.[handle] ?? this.#http.get(handle)?.capability
    if (fake !== undefined) return fake({ operation, payload, bytes })
    const files = this.#files.get(handle)
    if (files !== undefined) return files.serve(operation, payload, bytes)
    const inbox = this.#inboxes.get(handle)
    if (inbox !== undefined) return inbox.serve(operation, payload)
    const granted = this.#permissions
      .filter((one) => one.handle === handle)
      .map(({ permission }) => permission.kind)
    if (granted.includes("clock") && operation === "now") return { result: { now: this.now } }
    if (granted.includes("random") && operation === "bytes")
      return { result: {}, bytes: steadyBytes(payload) }
    throw new HostRefusal(
      "PERMISSION_DENIED",
      `this test serves no ${handle}.${operation}: give fakes.${handle}`
    )
  }
}

/** Random bytes would make a test differ: 0, 1, 2, … do not. */
const steadyBytes = (payload: unknown): Uint8Array =>
  Uint8Array.from({ length: Math.min(65_536, Number(Object(payload).length)) }, (_, index) => index & 255)

const refusalOf = (error: unknown): HostRequestError => ({
  _tag: "HostRequestError",
  code: error instanceof HostRefusal ? error.code : "FAKE_FAILED",
  message: error instanceof Error ? error.message : String(error)
})
