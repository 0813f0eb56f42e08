import type { SandboxProcess } from "../segment.ts"
import type { PlatformGuards } from "./guards.ts"
import type { PoolSettings } from "./pool-options.ts"
import { ProcessSlot } from "./process-slot.ts"
import type { SpareChild } from "./spare-child.ts"

/** Plugins of one publisher's scope: they may share processes, and share them with nobody else. */
export class TrustDomain {
  readonly name: string
  readonly slots: readonly ProcessSlot[]
  /** Segments that are open; their process may be parked. */
  segments = 0
  private readonly platform: PlatformGuards

  constructor(name: string, settings: PoolSettings, platform: PlatformGuards, spare: SpareChild) {
    this.name = name
    this.platform = platform
    this.slots = Array.from(
      { length: settings.processesPerDomain },
      () => new ProcessSlot(name, settings, platform, spare)
    )
  }

  /** The same slot for the same partition, so that what a plugin keeps in its realm stays warm. */
  slotFor(partition: number): ProcessSlot {
    return this.slots[partition % this.slots.length]
  }

  /** It has segments and no process: its next call waits for one. */
  get isParked(): boolean {
    return this.segments > 0 && this.slots.every(({ child }) => child === undefined)
  }

  get restarts(): number {
    return this.slots.reduce((sum, { restarts }) => sum + restarts, 0)
  }

  processes(digests: (slot: ProcessSlot) => readonly string[]): readonly SandboxProcess[] {
    return this.slots.flatMap((slot) => {
      const { child } = slot
      if (child === undefined || child.isEnded) return []
      return [
        {
          domain: this.name,
          pid: child.pid,
          startedAt: slot.startedAt,
          restarts: slot.restarts,
          residentBytes: child.residentBytes(),
          maxResidentBytes: Number.isFinite(child.maxResidentBytes) ? child.maxResidentBytes : undefined,
          cpuMicros: child.cpuMicros(),
          digests: digests(slot),
          guards: this.platform.present,
          missingGuards: this.platform.missing
        }
      ]
    })
  }
}
