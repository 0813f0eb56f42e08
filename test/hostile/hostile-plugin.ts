import type { InputFrame, NodeSpec, SegmentCall, SegmentSpec } from "@millrace/sandbox"
import type { HostileCase } from "./hostile-case.ts"
import { movieOutput, movieText, movieView } from "./movie.ts"

let made = 0

/** Texts of bundles, written against guest ABI 1. `instance`: what `open(plugin, configJson, host)` answers. */
export function bundleOf(instance: string, before = ""): string {
  return `var __millrace_bundle = (() => { ${before}
    return { abi: 1, manifest: () => "[]", derive: () => "{}", open: (plugin, configJson, host) => { return (${instance}) } } })();`
}

/** A bundle whose body attacks at m2 and passes every other record on. */
export function hostileBundle(hostile: HostileCase): string {
  const call = `(movie, record) => { movies += 1; if (movie.id === "m2") { ${hostile.attack} } return [movie] }`
  const body = `{ form: "process", suspends: ${hostile.suspends === true}, call: ${call} }`
  return bundleOf(
    `{ kind: "processor", bodies: { input: ${body} } }`,
    `let movies = 0; const pend = (settle) => ({ __millrace_pending: true, settle, cancel() {} }); ${hostile.before ?? ""}`
  )
}

export const calmBundle = bundleOf(
  `{ kind: "processor", bodies: { input: { form: "filter", suspends: false, call: () => true } } }`
)

export function nodeOf(bundle: string, more: Partial<NodeSpec> = {}): NodeSpec {
  made += 1
  return {
    node: "node",
    plugin: "plugin",
    kind: "processor",
    digest: `sha512-${made}`,
    bundle,
    configJson: "{}",
    expressions: {},
    views: { input: movieView },
    schemas: { input: movieText },
    outputs: [movieOutput],
    state: [],
    tables: [],
    handles: ["api"],
    onError: "dead-letter",
    maxRetries: 0,
    ...more
  }
}

export function segmentOf(
  domain: string,
  bundle: string,
  limits: { readonly memoryMiB?: number; readonly deadlineMs?: number } = {},
  more: Partial<NodeSpec> = {}
): SegmentSpec {
  made += 1
  return {
    id: `hostile/chain/${made}`,
    domain,
    nodes: [nodeOf(bundle, more)],
    limits: {
      memoryMiB: limits.memoryMiB ?? 32,
      deadlineMs: limits.deadlineMs ?? 300,
      maxOutputBytes: 1_000_000,
      maxOutputRecordsPerInput: 1000
    }
  }
}

export function callOf(frame: Uint8Array): SegmentCall {
  const input: InputFrame = { input: "input", topic: "movies", topicPartition: 0, baseOffset: 0n, frame }
  return {
    partition: 0,
    now: 1_700_000_000_000,
    seed: new Uint8Array(32).fill(1),
    head: { kind: "records", inputs: [input], end: false },
    tables: []
  }
}
