#!/usr/bin/env node
// Plain JavaScript for Node 20: this runs before anything of a project is installed.
import { main } from "../src/main.js"

process.exitCode = await main(process.argv.slice(2))
