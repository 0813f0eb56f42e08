import { registerHooks } from "node:module"
import { kafkaBugs } from "../kafka/seeded-bugs.ts"
import { seededBugVariable } from "./seeded-bugs.ts"

// Preloaded into the program by a proof: changes one place of one module's text while it is loaded. Production code
// knows nothing of it.
const wanted = process.env[seededBugVariable]
// Those of the embedded log are among them.
const bug = kafkaBugs.find(({ name }) => name === wanted)
if (bug === undefined) throw new RangeError(`there is no seeded bug ${JSON.stringify(wanted)}`)

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(`/runtime/src/${bug.file}`) || loaded.source === undefined) return loaded
    const text = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source)
    const parts = text.split(bug.from)
    if (parts.length !== 2) throw new RangeError(`${bug.file} has no place for the bug "${bug.name}"`)
    return { ...loaded, source: parts.join(bug.to) }
  }
})
