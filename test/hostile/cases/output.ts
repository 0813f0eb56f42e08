import type { HostileCase, Observed } from "../hostile-case.ts"

const maxLogs = 1000

const fewLogs = ({ logs }: Observed): readonly string[] => [
  ...(logs.length > maxLogs ? [`${logs.length} log lines came through`] : []),
  ...(logs.length === 0 ? ["no log line came through"] : [])
]

/** Output: too much of it, too deep, or of a form that should break who reads it. */
export const outputCases: readonly HostileCase[] = [
  {
    id: "23",
    title: "a result of 600 long strings",
    attack: "return Array(600).fill({ ...movie, title: 'x'.repeat(2 ** 20) })",
    codes: ["OUTPUT_TOO_LARGE"],
    deadlineMs: 2000,
    outcome: "refused"
  },
  {
    id: "23 one",
    title: "one string longer than a frame",
    attack: "return [{ ...movie, title: 'x'.repeat(2 ** 24) }]",
    codes: ["OUTPUT_TOO_LARGE", "PLUGIN_FAILED"],
    memoryMiB: 64,
    deadlineMs: 2000,
    outcome: "refused"
  },
  {
    id: "24",
    title: "a million results for one record",
    attack: "return Array(1e6).fill(movie)",
    codes: ["OUTPUT_TOO_LARGE"],
    outcome: "refused"
  },
  {
    id: "25 sparse",
    title: "a result array of 2^32 - 1 places",
    attack: "const l = []; l.length = 2 ** 32 - 1; return l",
    codes: ["OUTPUT_TOO_LARGE"],
    outcome: "refused"
  },
  {
    id: "26",
    title: "recursion without end, through natives",
    attack: "const f = () => [1].map(f); f()",
    message: /call stack/i,
    outcome: "refused"
  },
  {
    id: "26 json",
    title: "recursion without end, through JSON",
    attack: "const x = { toJSON() { return JSON.stringify(x) } }; JSON.stringify(x)",
    message: /call stack/i,
    outcome: "refused"
  },
  {
    id: "27 groups",
    title: "a regular expression of 60,000 groups",
    attack: `new RegExp("(".repeat(60000) + ")".repeat(60000)); return [movie]`,
    outcome: "refused"
  },
  {
    id: "28",
    title: "a result nested 100,000 deep",
    attack: "let x = movie; for (let i = 0; i < 1e5; i++) x = { id: x }; return [x]",
    outcome: "refused"
  },
  {
    id: "29",
    title: "five million brackets to JSON",
    attack: "JSON.parse('['.repeat(5e6))",
    codes: ["PLUGIN_FAILED", "MEMORY_EXCEEDED"],
    deadlineMs: 2000,
    outcome: "contained"
  },
  {
    id: "30 message",
    title: "an error with a message of 16 MB",
    attack: "throw new Error('x'.repeat(2 ** 24))",
    check: ({ letters }) => ((letters[0]?.message.length ?? 0) > 8192 ? ["the message was not cut"] : []),
    outcome: "refused"
  },
  {
    id: "31",
    title: "a storm of timers",
    attack: "for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 1e6)",
    message: /1024/,
    outcome: "refused"
  },
  {
    id: "33 logs",
    title: "five thousand log lines",
    attack: `for (let i = 0; i < 5000; i++) console.log("line " + i); return [{ ...movie, title: "safe" }]`,
    check: fewLogs,
    deadlineMs: 1000,
    outcome: "harmless"
  },
  {
    id: "42",
    title: "a thenable as result",
    attack: `return [{ ...movie, title: "safe", then(done) { done("taken"); throw 1 } }]`,
    outcome: "harmless"
  },
  {
    id: "42 list",
    title: "a thenable array as result",
    attack: `return Object.assign([{ ...movie, title: "safe" }], { then() { throw 1 } })`,
    outcome: "harmless"
  },
  {
    id: "pending twice",
    title: "an answer given twice, and failed besides",
    suspends: true,
    attack: `return pend((done, failed) => { done([{ ...movie, title: "safe" }]); done([movie, movie]); failed(new Error("late")) })`,
    outcome: "harmless"
  },
  {
    id: "wrong forms",
    title: "results of a wrong form",
    attack: "return 'text'",
    outcome: "refused"
  },
  {
    id: "undeclared output",
    title: "an output that is not declared",
    attack: "return { elsewhere: [movie] }",
    message: /not declared/,
    outcome: "refused"
  },
  {
    id: "symbol",
    title: "a field that throws a symbol",
    attack: "return [{ get id() { throw Symbol('x') } }]",
    outcome: "refused"
  },
  {
    id: "stray",
    title: "a promise that nobody catches",
    attack: `Promise.reject(new Error("stray")); return [{ ...movie, title: "safe" }]`,
    outcome: "harmless"
  },
  {
    id: "half pair",
    title: "half a surrogate pair as text",
    attack: "return [{ ...movie, title: 'a\\ud800' }]",
    outcome: "refused"
  }
]
