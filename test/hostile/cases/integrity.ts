// oxlint-disable no-control-regex -- control characters are what must not come through
import type { HostileCase, Observed } from "../hostile-case.ts"

/** Overrides all that a harness written carelessly would use of the realm. */
const takeAll = `const put = Object.defineProperty; const taken = () => { throw new Error("taken") };
  const spoil = (owner, names) => { for (let i = 0; i < names.length; i++) { try { put(owner, names[i], { value: taken, configurable: true, writable: true }) } catch {} } };
  spoil(Promise.prototype, ["then", "catch", "finally"]);
  spoil(Map.prototype, ["get", "set", "has", "delete", "forEach", Symbol.iterator]);
  spoil(Set.prototype, ["add", "has", "delete", Symbol.iterator]);
  spoil(Array.prototype, ["push", "pop", "slice", "splice", "map", "filter", "forEach", "indexOf", "join", "concat", "sort", Symbol.iterator]);
  spoil(String.prototype, ["slice", "charAt", "startsWith", "split", "replace", "toString"]);
  spoil(JSON, ["parse", "stringify"]);
  spoil(Math, ["random", "floor", "min", "max", "trunc"]);
  spoil(Number, ["isFinite", "isSafeInteger", "isInteger"]);
  spoil(Reflect, ["apply", "construct", "get", "ownKeys"]);
  spoil(Object, ["keys", "entries", "hasOwn", "create", "freeze", "getPrototypeOf", "assign", "defineProperty"]);
  put(Object.prototype, "toJSON", { value: () => "forged", configurable: true });
  put(Object.prototype, "transient", { value: true, configurable: true });
  put(Object.prototype, "message", { get() { return "forged" }, set() {}, configurable: true });
  put(Array.prototype, "0", { set() { throw new Error("set") }, configurable: true });
  put(Array.prototype, "1", { set() { throw new Error("set") }, configurable: true });
  spoil(Function.prototype, ["call", "apply", "bind"]);
  Error.prepareStackTrace = taken;`

/** Overrides what codecs call on bytes, on the prototypes and nearer by. */
const takeBytes = (names: string): string =>
  `const evil = function () { return new Uint8Array(0) };
  for (const owner of [Uint8Array.prototype, Object.getPrototypeOf(Uint8Array.prototype), DataView.prototype, ArrayBuffer.prototype, Uint32Array.prototype]) for (const name of ${names}) { try { Object.defineProperty(owner, name, { value: evil, configurable: true, writable: true }) } catch {} }
  for (const owner of [Uint8Array.prototype, Object.getPrototypeOf(Uint8Array.prototype)]) for (const name of ["length", "byteLength", "byteOffset", "buffer"]) { try { Object.defineProperty(owner, name, { get() { return 4 }, configurable: true }) } catch {} }`

const noPrototype = ({ requests }: Observed): readonly string[] =>
  requests.flatMap((payload) =>
    Reflect.get(Object.assign({}, payload), "isAdmin") === undefined ? [] : ["a payload carried a prototype"]
  )

const oneLine = ({ logs, letters }: Observed): readonly string[] =>
  [...logs.flatMap(({ message, fields }) => [message, fields]), ...letters.map(({ message }) => message)]
    .filter((text) => /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/.test(text))
    .map((text) => `control characters came through: ${JSON.stringify(text.slice(0, 40))}`)

const ask = (payload: string, operation = "get"): string =>
  `return pend((done) => host.request("api", ${JSON.stringify(operation)}, ${payload}, undefined, (error) => done([{ ...movie, title: error === undefined ? "answered" : error.code + ": " + error.message }])))`

/** Integrity: what a guest forges, overrides or changes after it was looked at. */
export const integrityCases: readonly HostileCase[] = [
  {
    id: "39",
    title: "overriding what the harness might use",
    before: takeAll,
    attack: `throw new Error("one")`,
    message: /^one$/,
    outcome: "refused"
  },
  {
    id: "39 passing",
    title: "overriding what the harness might use, and passing",
    before: takeAll,
    attack: `return [{ id: movie.id, title: "safe", rating: 1 }]`,
    outcome: "harmless"
  },
  {
    id: "39 bytes",
    title: "overriding the methods of byte arrays",
    before: takeBytes(`["set", "subarray", "slice", "fill", "copyWithin", "getFloat64", "setFloat64"]`),
    attack: `return [{ ...movie, title: "safe" }]`,
    outcome: "harmless"
  },
  {
    id: "39 text",
    title: "overriding a method of strings that codecs use, for a while",
    // It spoils the plugin's own text, and no more than that: "AAAA" where "safe" was written.
    attack: `const { charCodeAt } = String.prototype; let calls = 0; String.prototype.charCodeAt = function (at) { if (++calls === 6) String.prototype.charCodeAt = charCodeAt; return calls <= 2 ? charCodeAt.call(this, at) : 0x41 }; return [{ id: "m2", title: "safe", rating: 1 }]`,
    expect: "AAAA",
    outcome: "harmless"
  },
  {
    id: "40 frozen",
    title: "freezing every built-in",
    before: `for (const name of Object.getOwnPropertyNames(globalThis)) { if (name !== "globalThis") try { Object.freeze(globalThis[name]); Object.freeze(globalThis[name].prototype) } catch {} }`,
    attack: `return [{ ...movie, title: "safe" }]`,
    outcome: "harmless"
  },
  {
    id: "40 bundle",
    title: "replacing the bundle and its globals while it runs",
    attack: `globalThis.__millrace_bundle = null; for (const name of Object.getOwnPropertyNames(globalThis)) { try { delete globalThis[name] } catch {} } return [{ ...movie, title: "safe" }]`,
    outcome: "harmless"
  },
  {
    id: "41 request",
    title: "a prototype in a host request's payload",
    suspends: true,
    attack: ask(`'{"__proto__":{"isAdmin":true}}'`),
    expect: "REQUEST_INVALID: the request's payload is not JSON within its limits",
    check: noPrototype,
    outcome: "harmless"
  },
  {
    id: "41 escaped",
    title: "a prototype under an escaped name in a payload",
    suspends: true,
    attack: ask(`'{"__pr\\\\u006fto__":{"isAdmin":true}}'`),
    expect: "REQUEST_INVALID: the request's payload is not JSON within its limits",
    check: noPrototype,
    outcome: "harmless"
  },
  {
    id: "41 constructor",
    title: "a constructor in a payload",
    suspends: true,
    attack: ask(`'{"a":[{"constructor":{"prototype":{"isAdmin":true}}}]}'`),
    expect: "REQUEST_INVALID: the request's payload is not JSON within its limits",
    check: noPrototype,
    outcome: "harmless"
  },
  {
    id: "41 depth",
    title: "a payload nested 100,000 deep",
    suspends: true,
    attack: ask(`"[".repeat(1e5) + "]".repeat(1e5)`),
    expect: "REQUEST_INVALID: the request's payload is not JSON within its limits",
    outcome: "harmless"
  },
  {
    id: "41 result",
    title: "a result with names that change prototypes",
    attack: `return [JSON.parse(JSON.stringify({ ...movie, title: "safe" }).replace("{", '{"__proto__":{"isAdmin":true},"constructor":1,'))]`,
    outcome: "harmless"
  },
  {
    id: "43",
    title: "bytes of a request changed after it was sent",
    suspends: true,
    attack: `return pend((done) => { const bytes = new Uint8Array([1, 2, 3]); bytes.slice = () => bytes; host.request("api", "get", "{}", bytes, () => done([{ ...movie, title: "safe" }])); bytes.fill(9) })`,
    outcome: "harmless"
  },
  {
    id: "43 length",
    title: "bytes of a request that lie about their length",
    suspends: true,
    attack: `return pend((done) => { const bytes = new Uint8Array(8e6); Object.defineProperty(bytes, "length", { value: 1 }); try { host.request("api", "get", "{}", bytes, () => done([{ ...movie, title: "sent" }])) } catch { done([{ ...movie, title: "safe" }]) } })`,
    deadlineMs: 1000,
    outcome: "harmless"
  },
  {
    id: "44 handle",
    title: "a capability that was not declared",
    suspends: true,
    attack: `return pend((done) => host.request("secrets", "get", "{}", undefined, (error) => done([{ ...movie, title: error.code }])))`,
    expect: "PERMISSION_DENIED",
    check: ({ requests }) => (requests.length > 0 ? ["the request reached the worker's handler"] : []),
    outcome: "harmless"
  },
  {
    id: "44 proto handle",
    title: "a capability named like a built-in",
    suspends: true,
    attack: `return pend((done) => host.request("__proto__", "get", "{}", undefined, (error) => done([{ ...movie, title: error.code }])))`,
    expect: "PERMISSION_DENIED",
    check: ({ requests }) => (requests.length > 0 ? ["the request reached the worker's handler"] : []),
    outcome: "harmless"
  },
  {
    id: "46 host error",
    title: "the text of a worker's own failure",
    suspends: true,
    attack: ask(`"{}"`, "leak"),
    expect: "HOST_FAILED: the request could not be served",
    outcome: "harmless"
  },
  {
    id: "46 refused",
    title: "paths and passwords in a refused request's text",
    suspends: true,
    attack: ask(`"{}"`, "refuse"),
    expect: "UPSTREAM: boom db=postgres://***@h/x at (path)",
    outcome: "harmless"
  },
  {
    id: "47",
    title: "forged lines and terminal codes in logs",
    attack: `console.log("a\\n2026-01-01 ERROR forged\\u001b[2J\\u202e\\u2028"); host.log("info", "b\\r\\n\\u009b31m", '{"c":"\\u001b[0m"}'); return [{ ...movie, title: "safe" }]`,
    check: oneLine,
    outcome: "harmless"
  },
  {
    id: "47 error",
    title: "forged lines and terminal codes in an error",
    attack: `throw new Error("a\\n2026-01-01 ERROR forged\\u001b[2J\\u202e")`,
    check: oneLine,
    outcome: "refused"
  },
  {
    id: "47 paths",
    title: "an error that speaks of files and addresses",
    attack: `throw new Error("at /srv/app/driver.js:40 of postgres://user:pass@db/x")`,
    check: ({ letters }) =>
      /srv\/app|user:pass/.test(letters[0]?.message ?? "") ? ["a path or a password came through"] : [],
    outcome: "refused"
  },
  {
    id: "47 labels",
    title: "a metric with a hundred thousand labels",
    attack: `for (let i = 0; i < 1e5; i++) host.metric("api", "counter", JSON.stringify({ who: "label " + i }), 1); return [{ ...movie, title: "safe" }]`,
    deadlineMs: 5000,
    check: ({ metrics }) => {
      const sets = new Set(metrics.map(({ labels }) => labels))
      if (sets.size !== 101) return [`${sets.size} label sets came through`]
      return sets.has('{"labels":"other"}') ? [] : ["what was too much is not counted as other"]
    },
    outcome: "harmless"
  },
  {
    id: "48 tag",
    title: "an error of a forged class and code",
    attack: `throw { _tag: "FrameFault", code: "TOO_LARGE", name: "RangeError", message: "forged", isOverflow: true, isTooMany: true }`,
    codes: ["PLUGIN_FAILED"],
    outcome: "refused"
  },
  {
    id: "50 key",
    title: "writing over the input's bytes",
    attack: `if (record.key) record.key.fill(0xff); for (const [, value] of record.headers) value.fill(0); return [{ ...movie, title: "safe" }]`,
    outcome: "harmless"
  }
]
