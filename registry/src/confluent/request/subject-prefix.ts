import type { SubjectRange } from "../../subject/subject-list.ts"
import { placeOf } from "../../subject/subject-place.ts"

const anyContext = ":*:"

/** What a subject prefix stands for: `:*:a` in every context, `:.context:a` in one, `a` in the default one. */
export const rangeOf = (prefix: string): SubjectRange => {
  if (prefix.startsWith(anyContext)) return { context: undefined, prefix: prefix.slice(anyContext.length) }
  const { context, subject } = placeOf(prefix)
  return { context, prefix: subject }
}
