import { namespaceOf } from "../../avro/parse/name.ts"
import type { AvroType, NamedType, RecordType } from "../../avro/type.ts"

/** The named types of a schema as a module must declare them. */
export interface NamedUse {
  /** What is used stands before what uses it, as far as recursion lets it; the root comes last. */
  readonly order: readonly NamedType[]
  /** Records that contain themselves, directly or through others. */
  readonly recursive: ReadonlySet<NamedType>
  /** The namespace around each, where it is met first: what `toAvro` would complete its name with. */
  readonly around: ReadonlyMap<NamedType, string>
}

/** Walks a schema as `toAvro` does: depth first, in the order of the fields. */
export const namedUse = (root: RecordType): NamedUse => {
  const walk = new Walk()
  walk.type(root, namespaceOf(root.name))
  return { order: walk.order, recursive: walk.recursive, around: walk.around }
}

/** Tarjan's strongly connected parts: `place` in the order of first visits, `low` the earliest place reached from there. */
interface Visit {
  readonly place: number
  low: number
  open: boolean
  selfUse: boolean
}

class Walk {
  readonly order: NamedType[] = []
  readonly recursive = new Set<NamedType>()
  readonly around = new Map<NamedType, string>()
  private readonly visits = new Map<RecordType, Visit>()
  private readonly stack: RecordType[] = []

  /** Every named type within a type, `user` being the record that it stands in. */
  type(type: AvroType, namespace: string, user?: RecordType): void {
    switch (type.kind) {
      case "union":
        for (const branch of type.branches) this.type(branch, namespace, user)
        return
      case "array":
        return this.type(type.items, namespace, user)
      case "map":
        return this.type(type.values, namespace, user)
      case "record":
        return this.use(type, namespace, user)
      case "enum":
      case "fixed":
        if (this.around.has(type)) return
        this.around.set(type, namespace)
        this.order.push(type)
        return
      default:
    }
  }

  private use(record: RecordType, namespace: string, user: RecordType | undefined): void {
    const visit = this.visits.get(record) ?? this.visit(record, namespace)
    const using = user === undefined ? undefined : this.visits.get(user)
    if (using === undefined || !visit.open) return
    using.low = Math.min(using.low, visit.low)
    if (user === record) using.selfUse = true
  }

  private visit(record: RecordType, namespace: string): Visit {
    const place = this.visits.size
    const visit: Visit = { place, low: place, open: true, selfUse: false }
    this.visits.set(record, visit)
    this.around.set(record, namespace)
    this.stack.push(record)
    for (const field of record.fields) this.type(field.type, namespaceOf(record.name), record)
    this.order.push(record)
    if (visit.low === place) this.close(record, visit.selfUse)
    return visit
  }

  /** A part is whole: it is recursive when it has several members, or one that uses itself. */
  private close(record: RecordType, selfUse: boolean): void {
    const part = this.stack.splice(this.stack.indexOf(record))
    for (const each of part) {
      const visit = this.visits.get(each)
      if (visit !== undefined) visit.open = false
      if (part.length > 1 || selfUse) this.recursive.add(each)
    }
  }
}
