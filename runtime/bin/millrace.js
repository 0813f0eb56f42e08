#!/usr/bin/env node
// Plain JavaScript for Node 20: the program itself is TypeScript (`dist` in the published package) and runs under Node 24.
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { runUnderNode24 } from "./node24.js"

const compiled = fileURLToPath(new URL("../dist/main.js", import.meta.url))
const source = fileURLToPath(new URL("../src/main/main.ts", import.meta.url))
runUnderNode24(existsSync(source) ? source : compiled, process.argv.slice(2), [
  "--disable-warning=ExperimentalWarning"
])
