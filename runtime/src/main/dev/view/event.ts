import type { FieldChange } from "./field-difference.ts"

/** A fault at its place, with the lines around it. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly frame: readonly string[]
  readonly remedy: string
}

/** How long each part of taking an edit over took, ms. */
export interface Took {
  readonly bundle: number
  readonly inspect: number
  readonly plan: number
  readonly swap: number
}

export interface Rates {
  readonly in: number
  readonly out: number
  readonly filtered: number
  readonly dead: number
}

/** What `millrace dev` tells, one JSON document a line with `--json`: its shape is part of the command's interface. */
export type DevEvent =
  | { readonly event: "up"; readonly url: string; readonly data: string; readonly entry: string }
  | {
      readonly event: "loaded"
      readonly plugin: string
      readonly kind: string
      readonly revision: number
      /** Streams by input. */
      readonly inputs: { readonly [input: string]: string }
      readonly outputs: { readonly [output: string]: string }
      readonly took: Took
      /** Since the file was saved; absent at the start. */
      readonly afterSaveMs?: number
    }
  | { readonly event: "unchanged" }
  | ({
      readonly event: "problem"
      readonly stage: "bundle" | "manifest" | "config" | "records" | "plan" | "run"
      /** What was loaded before goes on. */
      readonly keepsRunning: boolean
    } & Problem)
  | {
      readonly event: "record"
      readonly output: string
      readonly before?: unknown
      readonly after: unknown
      readonly changes: readonly FieldChange[]
      /** Of the first record that a new version gave: since the file was saved. */
      readonly afterSaveMs?: number
    }
  | { readonly event: "filtered"; readonly record: unknown }
  | { readonly event: "written"; readonly record: unknown }
  | ({ readonly event: "rates"; readonly totals: Rates } & Rates)
  | {
      readonly event: "log"
      readonly level: "debug" | "info" | "warn" | "error"
      readonly message: string
      readonly fields: unknown
    }
  | ({
      readonly event: "dead-letter"
      readonly tag?: string
      readonly record?: unknown
      /** So many since it was last told. */
      readonly count: number
    } & Problem)
  | {
      readonly event: "permission"
      readonly handle: string
      readonly permission: string
      readonly outcome: "granted" | "refused" | "denied"
      readonly file?: string
      readonly line?: number
      readonly remedy: string
    }
  | { readonly event: "fed"; readonly input: string; readonly what: string }
  /** Records of an input that no version has read, and that the one which runs now cannot. */
  | {
      readonly event: "unread"
      readonly input: string
      readonly count: number
      readonly why: string
      readonly remedy: string
    }
  /** Standard input is a terminal, whose keys count. */
  | { readonly event: "keys" }
  | { readonly event: "cleared" }
  | { readonly event: "stopping" }

export type Show = (event: DevEvent) => void
