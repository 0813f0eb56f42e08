import type { NodeSettings } from "../guest/run/node-definition.ts"

/**
 * Control messages between the worker and a sandbox process: strictly one question, one answer. A message is a frame
 * (control-frame.ts) of JSON; bytes stand beside it in the shared file, one section after the other, in the area of the sender.
 */
export type Question =
  | { readonly ask: "hello"; readonly disabled: readonly string[] }
  | OpenQuestion
  | { readonly ask: "close"; readonly segment: number }
  | TableQuestion
  | RunQuestion
  | {
      readonly ask: "answers"
      readonly segment: number
      readonly timeoutMs: number
      readonly answers: readonly HostAnswer[]
    }
  | { readonly ask: "drop"; readonly segment: number }
  | InspectQuestion
  | PreloadQuestion
  /** To give back memory that work took which is done, one heap at a time. */
  | { readonly ask: "rest" }

/** Sections: the bundle's text. */
export interface OpenQuestion {
  readonly ask: "open"
  readonly segment: number
  /** It may have its isolate in common with others of which the same was said. */
  readonly isShared: boolean
  readonly memoryMiB: number
  readonly timeoutMs: number
  readonly settings: NodeSettings
  /** The pass that the node is of, if it is the last of it: its first node and how many. */
  readonly closes: { readonly first: number; readonly nodes: number } | null
  /** Codec texts by kind and name. */
  readonly texts: readonly { readonly kind: string; readonly name: string; readonly text: string }[]
}

/** Sections: the table's frames. */
export interface TableQuestion {
  readonly ask: "table"
  readonly segment: number
  readonly node: number
  readonly handle: string
  readonly timeoutMs: number
}

/** Sections: the state entries, the frames of the inputs that the head names. */
export interface RunQuestion {
  readonly ask: "run"
  readonly segment: number
  readonly timeoutMs: number
  /** A `CallHead` of the guest as JSON text. */
  readonly headJson: string
  /** Input name of each node after the first. */
  readonly laterInputs: readonly string[]
  /** Passes may be made; else the call is made node by node, so that it is known which was at work. */
  readonly mayPass: boolean
}

export interface HostAnswer {
  readonly id: number
  /** "" when it went well. */
  readonly errorCode: string
  /** JSON text of the result, or the error's message. */
  readonly text: string
  /** Section of the bytes, or -1. */
  readonly section: number
}

/** Sections: the bundle's text. */
export interface InspectQuestion {
  readonly ask: "inspect"
  readonly memoryMiB: number
  readonly timeoutMs: number
  readonly plugin: string
  readonly requestJson: string
  readonly isDerive: boolean
}

/** Sections: the text that the bundle to be inspected next begins with (bundle-parts.ts), to be run before it comes. */
export interface PreloadQuestion {
  readonly ask: "preload"
  readonly memoryMiB: number
  readonly timeoutMs: number
}

/** What a sandbox process answers; the worker believes none of it before {@link decodeAnswer}. */
export type Answer =
  | { readonly is: "ok" }
  /** `isMore`: there may be another heap that has memory to give back. */
  | { readonly is: "rested"; readonly isMore: boolean }
  | { readonly is: "text"; readonly text: string }
  | {
      readonly is: "wait"
      readonly stage: number
      readonly requests: string
      readonly sections: readonly number[]
    }
  | {
      readonly is: "done"
      readonly stages: readonly StageReport[]
      readonly sections: readonly number[]
      /** Of each section where it stands in the question's area; -1, or none given: in the answer's, after those before it. */
      readonly places: readonly number[]
    }
  | { readonly is: "overflow"; readonly stage: number }
  | { readonly is: "failed"; readonly stage: number; readonly failure: string }
  /** The guest was stopped: the segment is no more loaded, nor any other that is named. */
  | {
      readonly is: "stopped"
      readonly reason: "deadline" | "memory" | "broken"
      readonly stage: number
      readonly message: string
      readonly lost: readonly number[]
    }
  /**
   * Nothing was run: the segment is no more loaded, nor any other that is named, for the isolate that it shares is gone. `alone`: who
   * is to have one of its own from now on; -1: nobody.
   */
  | { readonly is: "evicted"; readonly lost: readonly number[]; readonly alone: number }

export interface StageReport {
  /** What the harness wrote: JSON text in the process, what it says in the worker. */
  readonly report: unknown
  readonly cpuMicros: number
  /** Sections of the frames that the report names, in its order; -1 where the next node took it. */
  readonly frames: readonly number[]
}
