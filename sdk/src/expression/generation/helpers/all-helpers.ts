import { castHelpers } from "./cast-helpers.ts"
import { decimalHelpers } from "./decimal-helpers.ts"
import type { Helpers } from "./helper.ts"
import { likeHelpers } from "./like-helpers.ts"
import { numberHelpers } from "./number-helpers.ts"
import { temporalHelpers } from "./temporal-helpers.ts"
import { textHelpers } from "./text-helpers.ts"

const helpers: Helpers = {
  ...numberHelpers,
  ...decimalHelpers,
  ...textHelpers,
  ...likeHelpers,
  ...temporalHelpers,
  ...castHelpers
}

/** The texts of these helpers and of all that they need, each once, in the order of their names. */
export function helperTexts(names: Iterable<string>): readonly string[] {
  const wanted = new Set<string>()
  const queue = [...names]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (wanted.has(name)) continue
    wanted.add(name)
    queue.push(...found(name).needs)
  }
  return [...wanted].sort().map((name) => found(name).text)
}

function found(name: string) {
  const helper = Object.hasOwn(helpers, name) ? helpers[name] : undefined
  if (helper === undefined) throw new Error(`generated code needs the helper ${name}, which does not exist`)
  return helper
}
