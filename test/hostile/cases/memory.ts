import type { HostileCase } from "../hostile-case.ts"

/** Memory: what grows in V8's heap, beside it, and into the worker. */
export const memoryCases: readonly HostileCase[] = [
  {
    id: "17",
    title: "a set that grows",
    attack: "const s = new Set(); for (let i = 0; ; i++) s.add('k' + i)",
    deadlineMs: 10_000,
    codes: ["MEMORY_EXCEEDED"],
    outcome: "killed"
  },
  {
    id: "17 map",
    title: "a map that grows",
    attack: "const s = new Map(); for (let i = 0; ; i++) s.set('k' + i, i)",
    deadlineMs: 10_000,
    codes: ["MEMORY_EXCEEDED"],
    outcome: "killed"
  },
  {
    id: "17 dictionary",
    title: "an object of ever more names",
    attack: "const s = {}; for (let i = 0; ; i++) s['k' + i] = i",
    deadlineMs: 10_000,
    codes: ["MEMORY_EXCEEDED"],
    outcome: "contained"
  },
  {
    id: "17 rope",
    title: "a string that doubles",
    attack: "let s = 'x'.repeat(1000); const l = []; for (;;) { s = s + s.slice(1); l.push(s.split('')) }",
    deadlineMs: 10_000,
    codes: ["MEMORY_EXCEEDED", "PLUGIN_FAILED"],
    outcome: "contained"
  },
  {
    id: "18",
    title: "a large array filled",
    attack: "new Array(1e8).fill(0)",
    deadlineMs: 2000,
    codes: ["MEMORY_EXCEEDED", "DEADLINE_EXCEEDED"],
    outcome: "contained"
  },
  {
    id: "18 arrays",
    title: "arrays that grow",
    attack: "const l = []; for (;;) l.push(new Array(1000).fill(1.5))",
    deadlineMs: 10_000,
    codes: ["MEMORY_EXCEEDED"],
    outcome: "contained"
  },
  {
    id: "18 bytes",
    title: "byte arrays that grow",
    attack: "const l = []; for (;;) l.push(new Uint8Array(1 << 20).fill(1))",
    deadlineMs: 10_000,
    codes: ["MEMORY_EXCEEDED", "PLUGIN_FAILED"],
    outcome: "contained"
  },
  {
    id: "19",
    title: "resizable buffers",
    attack:
      "const l = []; for (let i = 0; i < 60; i++) { const b = new ArrayBuffer(1, { maxByteLength: 2 ** 24 }); b.resize(2 ** 24); new Uint8Array(b).fill(1); l.push(b) } return [movie]",
    message: /resizable buffers/,
    outcome: "refused"
  },
  {
    id: "19 by instance",
    title: "resizable buffers by the constructor of an instance",
    attack:
      "new (new Uint8Array(4).buffer.constructor)(1, { maxByteLength: 2 ** 24 }).resize(2 ** 24); return [movie]",
    outcome: "refused"
  },
  {
    id: "19 by subclass",
    title: "resizable buffers by a subclass and a flip-flop option",
    attack:
      "let n = 0; class B extends ArrayBuffer {}; const b = new B(1, { get maxByteLength() { return n++ === 0 ? undefined : 2 ** 24 } }); b.resize(2 ** 24); return [movie]",
    outcome: "refused"
  },
  {
    id: "19 by Reflect",
    title: "resizable buffers by Reflect.construct",
    attack:
      "const b = Reflect.construct(ArrayBuffer, [1, { maxByteLength: 2 ** 24 }], Object); return [movie]",
    outcome: "refused"
  },
  {
    id: "20",
    title: "growable shared memory",
    attack: "new SharedArrayBuffer(8, { maxByteLength: 2 ** 30 }); return [movie]",
    message: /SharedArrayBuffer is not defined/,
    outcome: "refused"
  },
  {
    id: "21",
    title: "WebAssembly memory",
    attack: "new WebAssembly.Memory({ initial: 100 }); return [movie]",
    message: /WebAssembly is not defined/,
    outcome: "refused"
  },
  {
    id: "22 finalizers",
    title: "finalizers and weak references",
    attack: `return [{ ...movie, title: typeof FinalizationRegistry + typeof WeakRef + typeof Atomics }]`,
    expect: "undefinedundefinedundefined",
    outcome: "harmless"
  },
  {
    id: "17 megabytes",
    title: "megabytes that stay",
    before: "const leak = [];",
    // Megabyte after megabyte, kept for ever, and never too much at a time.
    attack: "for (;;) leak.push('x'.repeat(1_000_000).split('').join('y').toUpperCase())",
    deadlineMs: 10_000,
    codes: ["MEMORY_EXCEEDED"],
    outcome: "contained"
  }
]
