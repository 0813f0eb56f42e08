import type { SharedPages } from "../protocol/native-module.ts"
import type { GuardName } from "./guards.ts"
import { nativeModule } from "./native-module.ts"

export interface SandboxPoolOptions {
  /** Sandbox processes of one trust domain; a task's partition chooses among them. Default 1. */
  readonly processesPerDomain?: number
  /** A process that was asked nothing for so long is ended, and started again when it is needed. Default 60,000 ms. */
  readonly parkAfterMs?: number
  /** A process that was asked nothing for so long gives back memory that it does not need. Default 10,000 ms. */
  readonly restAfterMs?: number
  /** A segment with so many kills within the window is set aside. Default 5 in 600,000 ms. */
  readonly quarantine?: { readonly kills: number; readonly windowMs: number }
  /** Limits of the processes that read manifests and derive contracts. Default 5,000 ms and 128 MiB. */
  readonly inspection?: { readonly deadlineMs: number; readonly memoryMiB: number }
  /** Every call sees a fresh realm: shows a plugin that keeps what it needs in module variables. Default false. */
  readonly freshPerCall?: boolean
  /** What one call may wait for its owner's answers, in all. Default 600,000 ms. */
  readonly maxWaitMs?: number
  /** Limit of a process's data segment. Default 1,500 MiB; Node does not start below about 700. */
  readonly dataMiB?: number
  /** For tests: guards to switch off, by name. */
  readonly disableGuards?: readonly GuardName[]
  /** For tests: called at named points (`sandbox-started`, `before-call`, `after-reply`, `isolating`, `killed`, `rested`). */
  readonly onPoint?: (name: string) => void
  /** For tests: false is as on a machine where processes cannot map the same memory. */
  readonly mapsMemory?: boolean
  /** For tests: program text that every process runs first, as an escaped guest would. */
  readonly preamble?: string
}

export interface PoolSettings {
  readonly processesPerDomain: number
  readonly parkAfterMs: number
  readonly restAfterMs: number
  readonly quarantine: { readonly kills: number; readonly windowMs: number }
  readonly inspection: { readonly deadlineMs: number; readonly memoryMiB: number }
  readonly freshPerCall: boolean
  readonly maxWaitMs: number
  readonly dataMiB: number
  readonly disabled: readonly GuardName[]
  readonly onPoint: (name: string) => void
  readonly pages: SharedPages | undefined
  readonly preamble: string
}

export function poolSettings(options: SandboxPoolOptions): PoolSettings {
  return {
    processesPerDomain: Math.max(1, options.processesPerDomain ?? 1),
    parkAfterMs: options.parkAfterMs ?? 60_000,
    restAfterMs: options.restAfterMs ?? 10_000,
    quarantine: options.quarantine ?? { kills: 5, windowMs: 600_000 },
    inspection: options.inspection ?? { deadlineMs: 5000, memoryMiB: 128 },
    freshPerCall: options.freshPerCall ?? false,
    maxWaitMs: options.maxWaitMs ?? 600_000,
    dataMiB: options.dataMiB ?? 1500,
    disabled: options.disableGuards ?? [],
    onPoint: options.onPoint ?? (() => undefined),
    pages: options.mapsMemory === false ? undefined : nativeModule(),
    preamble: options.preamble ?? ""
  }
}
