import { builtinRemedy } from "./builtin-remedy.ts"

const http = builtinRemedy("http")
const clock = builtinRemedy("perf_hooks")
const noPage = "Use a package, or a build of this one, that needs no browser page"
const noCode = "The sandbox runs no code made from text: write it out, or take an Expression from the config"
const escapes = "It escapes the sandbox's limits: do without it"

/** Globals that are elsewhere and not in the sandbox, and what to use instead. */
const remedies: { readonly [name: string]: string } = {
  __dirname: builtinRemedy("fs"),
  __filename: builtinRemedy("fs"),
  Atomics: escapes,
  Buffer: builtinRemedy("buffer"),
  document: noPage,
  eval: noCode,
  fetch: http,
  FinalizationRegistry: escapes,
  Headers: http,
  localStorage: "Use keyed state: valueState or mapState",
  navigator: noPage,
  performance: clock,
  process: builtinRemedy("process"),
  Request: http,
  require: "Import modules at the top of the file",
  Response: http,
  SharedArrayBuffer: escapes,
  WeakRef: escapes,
  WebAssembly: "Its memory escapes the sandbox's limits: use a package of JavaScript alone",
  WebSocket: http,
  window: noPage,
  XMLHttpRequest: http
}

/**
 * What to do about an error that a plugin ran into because the sandbox has not what it looked for, by the error's message; undefined
 * for every other error. The message is the guest's own text: it only chooses among our answers.
 */
export const absenceRemedy = (message: string): string | undefined => {
  const name = /\b([A-Za-z_]+) is not defined\b/.exec(message)?.[1]
  if (name !== undefined && Object.hasOwn(remedies, name)) return `${remedies[name]}.`
  if (message.includes("code cannot be made of strings in a sandbox")) return `${noCode}.`
  const module = /\bDynamic require of "([\w:/@.-]{1,100})" is not supported/.exec(message)?.[1]
  if (module !== undefined) return `${builtinRemedy(module)}.`
  return /reading '(?:subtle|digest|importKey)'/.test(message) ? `${builtinRemedy("crypto")}.` : undefined
}
