import type { HostileCase } from "../hostile-case.ts"

const asks = 'host.request("api", "get", "{}", undefined, () => {'

/** Time: what never ends, or waits for ever. Numbers are those of the threat catalogue. */
export const cpuCases: readonly HostileCase[] = [
  { id: "1", title: "an endless loop", attack: "for (;;);", outcome: "stopped" },
  { id: "2", title: "an endless await", attack: "(async () => { for (;;) await 0 })()", outcome: "stopped" },
  {
    id: "3",
    title: "microtasks that make microtasks",
    attack: "const f = () => Promise.resolve().then(f); f()",
    outcome: "stopped"
  },
  {
    id: "4",
    title: "an endless loop after a host request",
    suspends: true,
    attack: `return pend((done) => { ${asks} for (;;); }) })`,
    outcome: "stopped"
  },
  {
    id: "4 await",
    title: "an endless await after a host request",
    suspends: true,
    attack: `return pend((done) => { ${asks} (async () => { for (;;) await 0 })() }) })`,
    outcome: "stopped"
  },
  {
    id: "5",
    title: "a regular expression that backtracks",
    attack: `/^(a+)+$/.test("a".repeat(40) + "!")`,
    outcome: "stopped"
  },
  {
    id: "6",
    title: "indexOf over a sparse array",
    attack: "const a = []; a.length = 2 ** 32 - 1; a.indexOf(1)",
    outcome: "killed"
  },
  {
    id: "7 fill",
    title: "fill over 2^53 places of nothing",
    attack: "Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)",
    outcome: "contained"
  },
  {
    id: "8",
    title: "big integers squared for ever",
    attack: "let x = 3n; for (;;) x *= x",
    codes: ["DEADLINE_EXCEEDED", "MEMORY_EXCEEDED", "PLUGIN_FAILED"],
    outcome: "contained"
  },
  {
    id: "9 digits",
    title: "a big integer of ten million digits as text",
    attack: "(2n ** (2n ** 25n)).toString()",
    codes: ["DEADLINE_EXCEEDED", "MEMORY_EXCEEDED", "PLUGIN_FAILED"],
    outcome: "contained"
  },
  {
    id: "10",
    title: "a comparator that never ends",
    attack: "[3, 2, 1].sort(() => { for (;;); })",
    outcome: "stopped"
  },
  {
    id: "11",
    title: "an error whose message never ends",
    attack: "throw { get message() { for (;;); } }",
    outcome: "stopped"
  },
  {
    id: "12",
    title: "a thrown proxy that never ends",
    attack: "throw new Proxy({}, { get() { for (;;); } })",
    outcome: "stopped"
  },
  {
    id: "13 reject",
    title: "a promise rejected with a proxy that never ends",
    attack: `Promise.reject(new Proxy({}, { get() { for (;;); } })); return [{ ...movie, title: "safe" }]`,
    codes: ["DEADLINE_EXCEEDED"],
    outcome: "contained"
  },
  {
    id: "14",
    title: "an answer that never comes",
    suspends: true,
    attack: "return pend(() => {})",
    codes: ["PLUGIN_FAILED", "DEADLINE_EXCEEDED"],
    outcome: "refused"
  },
  {
    id: "14 sleep",
    title: "a timer beyond the deadline",
    suspends: true,
    attack: "return pend((done) => { setTimeout(() => done([movie]), 3_600_000) })",
    outcome: "stopped"
  },
  {
    id: "14 interval",
    title: "an interval that goes on for ever",
    suspends: true,
    attack: "return pend(() => { setInterval(() => {}, 1) })",
    outcome: "stopped"
  },
  {
    id: "14 soon",
    title: "timers without delay that make timers",
    suspends: true,
    attack: "return pend(() => { const f = () => setTimeout(f, 0); f() })",
    outcome: "stopped"
  },
  {
    id: "15",
    title: "a flood of log lines",
    attack: "for (;;) console.log('x')",
    outcome: "stopped"
  },
  {
    id: "15 log",
    title: "a flood of log lines to the host",
    attack: "for (;;) host.log('info', 'x'.repeat(1000), '{}')",
    outcome: "stopped"
  },
  {
    id: "15 metric",
    title: "a flood of measurements",
    attack: "for (let i = 0; ; i++) host.metric('m', 'counter', '{\"a\":' + i + '}', 1)",
    outcome: "stopped"
  },
  {
    id: "16 request flood",
    title: "a flood of host requests",
    suspends: true,
    attack:
      "return pend((done) => { for (let i = 0; i < 1e5; i++) host.request('api', 'get', '{}', undefined, () => {}) })",
    outcome: "refused"
  },
  {
    id: "16 request chain",
    title: "host requests one after the other for ever",
    suspends: true,
    deadlineMs: 300,
    attack: `return pend((done) => { const f = () => ${asks} f() }); f() })`,
    codes: ["DEADLINE_EXCEEDED", "PLUGIN_FAILED"],
    outcome: "contained"
  },
  {
    id: "getter result",
    title: "a result whose field never ends",
    attack: "return [{ ...movie, get title() { for (;;); } }]",
    outcome: "stopped"
  },
  {
    id: "proxy length",
    title: "a result array whose length never ends",
    attack: "return new Proxy([], { get() { for (;;); } })",
    outcome: "stopped"
  },
  {
    id: "own keys",
    title: "a result whose names never end",
    attack: "return new Proxy({}, { ownKeys() { for (;;); } })",
    outcome: "stopped"
  }
]
