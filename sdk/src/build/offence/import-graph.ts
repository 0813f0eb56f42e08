import { resolve } from "node:path"
import type { Metafile } from "esbuild"

/** A step from a module to one that it imports, as it names it. */
interface Step {
  readonly from: string
  readonly specifier: string
}

/** Which module leads to which, by absolute path; to find out how a package came in. */
export class ImportGraph {
  private readonly reachedBy = new Map<string, Step>()

  /** `start`: the path, as the metafile names it, from which all is reached. */
  constructor(inputs: Metafile["inputs"], start: string, folder: string) {
    const seen = new Set([start])
    let next = [start]
    while (next.length > 0) {
      const after: string[] = []
      for (const path of next) {
        for (const { path: target, original, external } of inputs[path]?.imports ?? []) {
          if (seen.has(target) || external === true) continue
          seen.add(target)
          this.reachedBy.set(resolve(folder, target), {
            from: resolve(folder, path),
            specifier: original ?? target
          })
          after.push(target)
        }
      }
      next = after
    }
  }

  /** The modules on the shortest way to a module, first to last, with the specifier by which each imports the next. */
  wayTo(file: string): readonly Step[] {
    const way: Step[] = []
    for (let step = this.reachedBy.get(file); step !== undefined; step = this.reachedBy.get(step.from)) {
      way.unshift(step)
      if (way.length > 256) break
    }
    return way
  }
}
