#!/usr/bin/env node
// Plain JavaScript for Node 20: the program itself is TypeScript and runs under Node 24.
import { fileURLToPath } from "node:url"
import { runUnderNode24 } from "./node24.js"

runUnderNode24(fileURLToPath(new URL("../src/main/main.ts", import.meta.url)), process.argv.slice(2), [
  "--disable-warning=ExperimentalWarning"
])
