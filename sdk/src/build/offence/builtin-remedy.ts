const http = "Use the http capability (uses: { api: http(…) })"
const files = "Use the files capability (uses: { disk: files(…) })"
const process = "A plugin runs nothing beside itself: call a service through the http capability"
const clock = "Use the context's now, or the clock capability"

/** What does in the sandbox what a module of Node.js does. */
const remedies: { readonly [module: string]: string } = {
  assert: "Throw a tagged error",
  async_hooks: "Pass the value on as an argument",
  buffer: "Use Uint8Array, with TextEncoder, TextDecoder, atob and btoa",
  child_process: process,
  cluster: process,
  console: "Use the global console, which is the node's log",
  crypto:
    "Use @noble/hashes for hashes and HMAC, @noble/ciphers for ciphers, and crypto.getRandomValues for random bytes",
  dgram: http,
  dns: http,
  events: "Call functions, or use the package eventemitter3",
  fs: files,
  http,
  http2: http,
  https: http,
  module: "Import modules at the top of the file",
  net: http,
  os: "Take what differs between machines from the config",
  path: "Join with /: the paths of a capability have no other separator",
  perf_hooks: clock,
  process: "Take what differs between machines from the config; a plugin has no process",
  punycode: "Use the package punycode/, with its slash",
  querystring: "Use the global URLSearchParams",
  readline: files,
  sqlite: "Use keyed state (valueState, mapState) or a lookup table",
  stream: "Use arrays and generators; a source answers its records in parts",
  string_decoder: "Use the global TextDecoder",
  timers: "Use the global setTimeout, or Effect.sleep in a generator body",
  tls: http,
  url: "Use the globals URL and URLSearchParams",
  util: "Use the language: structuredClone, TextEncoder, async functions, template strings",
  v8: "Use structuredClone, or JSON",
  vm: "The sandbox runs no code made from text: write it out, or take an Expression from the config",
  wasi: "Use a package of JavaScript alone",
  worker_threads: process,
  zlib: "Use the package fflate"
}

/** What to use in a module's place; `node:` and what follows a slash do not matter. No full stop at its end. */
export const builtinRemedy = (module: string): string => {
  const name = module.replace(/^node:/, "").split("/")[0] ?? ""
  return Object.hasOwn(remedies, name)
    ? (remedies[name] ?? "")
    : "Use a capability (files, http, clock, random) or a package that runs in browsers"
}

/** What says most of what a package is for, first. */
const telling = [
  "fs",
  "sqlite",
  "http",
  "https",
  "http2",
  "net",
  "tls",
  "dgram",
  "child_process",
  "worker_threads",
  "crypto",
  "zlib"
]

/** What to use in the place of a package that needs these modules. No full stop at its end. */
export const modulesRemedy = (modules: readonly string[]): string => {
  const all = [...new Set(modules.map(builtinRemedy))]
  if (all.length < 3) return all.join(". ")
  const most = [...new Set(telling.filter((name) => modules.includes(name)).map(builtinRemedy))].slice(0, 2)
  return [...most, "Or use a package that runs in browsers"].join(". ")
}

/** Modules that make code of text. */
export const isCodeMaker = (module: string): boolean =>
  /^(?:node:)?(?:vm|repl|inspector)(?:\/|$)/.test(module)
