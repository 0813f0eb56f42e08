import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { OpenSegment } from "./driver/open-segment.ts"
import { Quarantine } from "./driver/quarantine.ts"
import { probeGuards } from "./pool/guards.ts"
import type { PlatformGuards } from "./pool/guards.ts"
import { type Inspection, inspectBundle, inspectionDomain } from "./pool/inspect.ts"
import { InspectionCache } from "./pool/inspection-cache.ts"
import { poolSettings } from "./pool/pool-options.ts"
import type { PoolSettings, SandboxPoolOptions } from "./pool/pool-options.ts"
import { SpareChild } from "./pool/spare-child.ts"
import { TrustDomain } from "./pool/trust-domain.ts"
import { sharedFileBytes } from "./protocol/shared-layout.ts"
import type { SandboxPoolShape, SandboxProcess, Segment, SegmentError, SegmentSpec } from "./segment.ts"

const memoryPollMs = 50
const inspectionParkMs = 3000
/** From so many parked domains on a process is kept for whoever wakes first: to start one is most of what that takes. */
const parkedWithSpare = 4

/** Sandbox processes of all trust domains. One for a worker. */
export class SandboxPool extends Context.Service<SandboxPool, SandboxPoolShape>()(
  "millrace/sandbox/SandboxPool"
) {
  /** Live processes; they end with the layer's scope. */
  static readonly layer = (options: SandboxPoolOptions = {}): Layer.Layer<SandboxPool> =>
    Layer.effect(SandboxPool, makePool(poolSettings(options)))
}

const makePool = Effect.fnUntraced(function* (
  settings: PoolSettings
): Effect.fn.Return<SandboxPoolShape, never, Scope.Scope> {
  const platform = yield* probeGuards(settings.disabled, settings.dataMiB, sharedFileBytes)
  const pool = new LivePool(settings, platform)
  yield* Effect.addFinalizer(() => Effect.sync(() => pool.close()))
  yield* Effect.forkScoped(watch(pool))
  return pool.shape
})

/**
 * The watchdog's poll: a process over its memory is killed, one that idles is parked. In real time, whatever clock the
 * owner runs on.
 */
function watch(pool: LivePool): Effect.Effect<never> {
  return Effect.callback<never>(() => {
    const timer = setInterval(() => pool.poll(), memoryPollMs)
    return Effect.sync(() => clearInterval(timer))
  })
}

class LivePool {
  private readonly settings: PoolSettings
  private readonly platform: PlatformGuards
  private readonly domains = new Map<string, TrustDomain>()
  private readonly inspections = new Map<string, TrustDomain>()
  private readonly inspected = new InspectionCache()
  private readonly spare: SpareChild
  /** By the number that their processes know them by. */
  private readonly segments = new Map<number, OpenSegment>()
  private readonly quarantines = new Map<string, Quarantine>()
  private nextSegment = 1
  private polls = 0

  constructor(settings: PoolSettings, platform: PlatformGuards) {
    this.settings = settings
    this.platform = platform
    this.spare = new SpareChild(settings, platform)
  }

  readonly shape: SandboxPoolShape = {
    open: (spec) => this.open(spec),
    manifest: (bundle) => this.inspect({ bundle, plugin: "", requestJson: "", isDerive: false }),
    derive: (bundle, plugin, requestJson) => this.inspect({ bundle, plugin, requestJson, isDerive: true }),
    preload: (library) => Effect.sync(() => this.spare.preload(library)),
    processes: Effect.sync(() => this.processes()),
    restarts: Effect.sync(
      () => new Map([...this.domains].map(([name, domain]) => [name, domain.restarts] as const))
    )
  }

  private open(spec: SegmentSpec): Effect.Effect<Segment, SegmentError, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.sync(() => {
        const id = this.nextSegment++
        const domain = this.domainOf(spec.domain)
        domain.segments += 1
        const segment = new OpenSegment(id, spec, domain, this.settings, this.quarantineOf(spec))
        this.segments.set(id, segment)
        return { domain, id, segment }
      }),
      ({ domain, id, segment }) =>
        Effect.suspend(() => {
          domain.segments -= 1
          this.segments.delete(id)
          return segment.close
        })
    ).pipe(
      Effect.map(({ segment }) => segment),
      Effect.tap((segment) => segment.load)
    )
  }

  private domainOf(name: string): TrustDomain {
    const known = this.domains.get(name)
    if (known !== undefined) return known
    const domain = new TrustDomain(name, this.settings, this.platform, this.spare)
    this.domains.set(name, domain)
    return domain
  }

  /** Opening a segment again does not wipe its slate: the bundles and the segment's name are what is set aside. */
  private quarantineOf(spec: SegmentSpec): Quarantine {
    const name = JSON.stringify([spec.id, ...spec.nodes.map((node) => node.digest)])
    const known = this.quarantines.get(name) ?? new Quarantine(this.settings.quarantine)
    this.quarantines.set(name, known)
    return known
  }

  private inspect(inspection: Inspection): Effect.Effect<string, SegmentError> {
    return Effect.suspend(() => {
      const known = this.inspected.get(inspection)
      if (known !== undefined) return Effect.succeed(known)
      const slot = this.inspectionDomainOf(inspection.bundle).slotFor(0)
      return inspectBundle(slot, inspection, this.settings).pipe(
        Effect.tap((answer) => Effect.sync(() => this.inspected.put(inspection, answer))),
        Effect.tap(Effect.map(Clock.currentTimeMillis, (now) => this.spare.prepare(now)))
      )
    })
  }

  private inspectionDomainOf(bundle: string): TrustDomain {
    const name = inspectionDomain(bundle)
    const known =
      this.inspections.get(name) ??
      new TrustDomain(name, this.inspectionSettings(), this.platform, this.spare)
    this.inspections.set(name, known)
    return known
  }

  private inspectionSettings(): PoolSettings {
    return {
      ...this.settings,
      processesPerDomain: 1,
      parkAfterMs: Math.min(inspectionParkMs, this.settings.parkAfterMs)
    }
  }

  private allDomains(): readonly TrustDomain[] {
    return [...this.domains.values(), ...this.inspections.values()]
  }

  private processes(): readonly SandboxProcess[] {
    return this.allDomains().flatMap((domain) =>
      domain.processes((slot) => [
        ...new Set([...slot.loaded].flatMap((id) => this.segments.get(id)?.digests ?? []))
      ])
    )
  }

  poll(): void {
    this.polls += 1
    const isSecond = this.polls % 20 === 0
    const isWatched = !this.settings.disabled.includes("memory")
    for (const domain of isWatched ? this.allDomains() : []) {
      // One that was asked nothing waits for its pipe and takes nothing: with many domains most do.
      for (const slot of domain.slots) if (slot.isBusy || isSecond) slot.checkMemory()
    }
    if (isSecond) this.park(Effect.runSync(Clock.currentTimeMillis))
  }

  private park(now: number): void {
    for (const domain of this.allDomains()) {
      for (const slot of domain.slots) {
        slot.parkWhenIdle(now)
        slot.restWhenIdle(now)
      }
    }
    if (this.parkedDomains >= parkedWithSpare) this.spare.prepare(now)
    else this.spare.parkWhenIdle(now)
    this.forgetInspections()
  }

  private get parkedDomains(): number {
    let parked = 0
    for (const domain of this.domains.values()) if (domain.isParked) parked += 1
    return parked
  }

  private forgetInspections(): void {
    for (const [name, domain] of this.inspections) {
      if (domain.slots.every((slot) => slot.child === undefined)) this.inspections.delete(name)
    }
  }

  close(): void {
    this.spare.close()
    for (const domain of this.allDomains()) for (const slot of domain.slots) slot.close()
  }
}
