import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"

// To be imported before what flushes files: from then on `fdatasync` off the thread is counted, whoever asks for it.

let asked = 0
const plain = fs.fdatasync
fs.fdatasync = Object.assign((descriptor: number, done: fs.NoParamCallback) => {
  asked += 1
  plain(descriptor, done)
}, plain)
syncBuiltinESMExports()

/** Flushes that were begun until now. */
export const flushes = (): number => asked
