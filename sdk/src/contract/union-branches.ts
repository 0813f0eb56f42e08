import { sameType } from "../avro/same.ts"
import type { AvroType } from "../avro/type.ts"
import { isNamed } from "./named-types.ts"

const nullType: AvroType = { kind: "null", attributes: {} }

const isNull = (type: AvroType): boolean => type.kind === "null"

/** The type or null, null first; a type that takes null already stays. */
export const nullable = (type: AvroType): AvroType => {
  if (isNull(type)) return type
  if (type.kind !== "union") return { kind: "union", branches: [nullType, type] }
  return type.branches.some(isNull) ? type : { kind: "union", branches: [nullType, ...type.branches] }
}

/**
 * A union of branches: equal ones once, null first, one branch as itself; with `keepOrder` just as they are. Avro knows
 * branches apart by kind, or by name, so two of one kind that differ are a problem.
 */
export const inOrder = (
  branches: readonly AvroType[],
  keepOrder: boolean
): AvroType | { readonly problem: string; readonly remedy: string } => {
  const distinct = new Map<string, AvroType>()
  for (const branch of branches) {
    const label = isNamed(branch) ? branch.name : branch.kind
    const known = distinct.get(label)
    if (known !== undefined && !sameType(known, branch)) {
      const problem = `a union cannot have two different branches of type ${label}`
      return { problem, remedy: "Make them one type, or put each into a Struct of its own." }
    }
    distinct.set(label, known ?? branch)
  }
  const types = [...distinct.values()]
  if (keepOrder) return { kind: "union", branches: types }
  const [only] = types
  if (types.length === 1 && only !== undefined) return only
  return { kind: "union", branches: [...types.filter(isNull), ...types.filter((type) => !isNull(type))] }
}
