import { join } from "node:path"
import { check } from "./check.ts"
import { expectedOf } from "./expected.ts"
import { readLog } from "./read-log.ts"

// The checker, a process of its own: `checker.ts DATA OUT SEED PER_KEY` reads the log and the files that a run left, and
// prints what it found as one line of JSON.
const [data = "", out = "", seed = "", perKey = ""] = process.argv.slice(2)
const log = await readLog(join(data, "log"))
process.stdout.write(`${JSON.stringify(check(log, out, expectedOf(Number(seed), Number(perKey))))}\n`)
