import type { HostileCase } from "../hostile-case.ts"

/** Tells "safe" unless one of the given values leads to a realm that has a `process`. */
const tell = (values: string): string =>
  `let found = "safe"; for (const value of [${values}]) { try { for (let at = value; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) { const made = at.constructor; if (typeof made !== "function") continue; try { if (typeof made.constructor("return typeof process")() === "string") found = "escaped" } catch {} try { if (made("return 1")() === 1) found = "code" } catch {} } } catch {} } return [{ ...movie, title: found }]`

/** Escape: ways out of the realm. */
export const escapeCases: readonly HostileCase[] = [
  {
    id: "35",
    title: "code from a function's constructor",
    attack: "(() => {}).constructor.constructor('return process')()",
    message: /code cannot be made of strings/,
    outcome: "refused"
  },
  {
    id: "35 generator",
    title: "code from a generator's constructor",
    attack: "(function* () {}).constructor('yield process')().next()",
    message: /code cannot be made of strings/,
    outcome: "refused"
  },
  {
    id: "35 async",
    title: "code from an async function's constructor",
    attack: "(async () => {}).constructor('return process')()",
    message: /code cannot be made of strings/,
    outcome: "refused"
  },
  {
    id: "35 async generator",
    title: "code from an async generator's constructor",
    attack: "Reflect.construct((async function* () {}).constructor, ['yield process'])",
    message: /code cannot be made of strings/,
    outcome: "refused"
  },
  {
    id: "35 class",
    title: "code by a subclass of Function",
    attack: "class F extends Function {}; new F('return process')()",
    message: /code cannot be made of strings/,
    outcome: "refused"
  },
  { id: "35 eval", title: "eval", attack: "eval('1')", message: /eval is not defined/, outcome: "refused" },
  {
    id: "35 indirect",
    title: "eval by a timer's text",
    attack: "setTimeout('process.exit()', 0)",
    message: /must be a function/,
    outcome: "refused"
  },
  {
    id: "36 host",
    title: "constructors of what the harness gave",
    attack: tell(
      "host, host.request, host.log, record, record.key, record.headers, record.position, record.random, movie, console, console.log, setTimeout, structuredClone, URL, TextEncoder, Date, Math.random"
    ),
    outcome: "harmless"
  },
  {
    id: "36 thrown",
    title: "constructors of errors that the harness throws",
    attack: tell(
      "(() => { try { host.request(1, 2, 3, 4, 5) } catch (e) { return e } })(), (() => { try { record.state('none') } catch (e) { return e } })(), (() => { try { new URL('x') } catch (e) { return e } })(), (() => { try { null.x } catch (e) { return e } })()"
    ),
    outcome: "harmless"
  },
  {
    id: "36 answer",
    title: "constructors of a host request's answer",
    suspends: true,
    attack: `return pend((done) => host.request("api", "get", "{}", new Uint8Array(3), (...given) => { const safe = given.every((value) => value === undefined || typeof value === "string"); done([{ ...movie, title: safe ? "safe" : "object" }]) }))`,
    outcome: "harmless"
  },
  {
    id: "37 globals",
    title: "names that only a host has",
    attack: `const names = ["process", "require", "module", "global", "Buffer", "ivm", "__dirname", "fetch", "XMLHttpRequest", "Worker", "importScripts", "_ivm", "$0"]; return [{ ...movie, title: names.filter((name) => name in globalThis).join() || "safe" }]`,
    outcome: "harmless"
  },
  {
    id: "37 import",
    title: "a dynamic import",
    suspends: true,
    attack: `return pend((done) => { import("node:fs").then(() => done([movie]), () => done([{ ...movie, title: "safe" }])) })`,
    outcome: "harmless"
  },
  {
    id: "37 debugger",
    title: "a debugger statement",
    attack: `debugger; return [{ ...movie, title: "safe" }]`,
    outcome: "harmless"
  },
  {
    id: "38",
    title: "the caller of a sloppy function",
    attack: `const sloppy = { f: function () { return arguments.callee.caller } }; let found = "safe"; try { let at = sloppy.f(); for (let i = 0; i < 20 && at; i++) { if (typeof at.constructor === "function" && /harness|applySync/.test(String(at.name))) found = at.name; at = at.caller } } catch {} return [{ ...movie, title: found }]`,
    outcome: "harmless"
  },
  {
    id: "38 stack",
    title: "call sites of a prepared stack",
    attack: `let found = "safe"; Error.prepareStackTrace = (error, sites) => sites; const sites = new Error().stack; if (Array.isArray(sites)) for (const site of sites) { const that = site.getThis?.(); const made = site.getFunction?.(); for (const value of [that, made]) { try { if (value?.constructor?.constructor("return typeof process")() === "string") found = "escaped" } catch {} } } return [{ ...movie, title: found }]`,
    outcome: "harmless"
  },
  {
    id: "38 stack text",
    title: "paths in a stack's text",
    attack: `const stack = String(new Error("x").stack); return [{ ...movie, title: /file:|node:|\\/(home|usr|root|work|srv|Users)\\//.test(stack) ? stack : "safe" }]`,
    outcome: "harmless"
  },
  {
    id: "52",
    title: "the clock as a stopwatch",
    attack: `const first = Date.now(); let moved = false; for (let i = 0; i < 2e5; i++) if (Date.now() !== first || new Date().getTime() !== first) moved = true; const fine = typeof performance !== "undefined" || Temporal_(); function Temporal_() { return typeof Temporal !== "undefined" } return [{ ...movie, title: moved || fine ? "clock" : "safe" }]`,
    deadlineMs: 2000,
    outcome: "harmless"
  },
  {
    id: "52 random",
    title: "randomness that is not the platform's",
    // Drawn from the batch's seed and the record's position: the same whenever it is drawn.
    attack: `return [{ ...movie, title: crypto.subtle === undefined ? crypto.randomUUID() : "subtle" }]`,
    expect: "e137e474-d91c-405b-a1d1-fd0a1b6bba3c",
    outcome: "harmless"
  }
]
