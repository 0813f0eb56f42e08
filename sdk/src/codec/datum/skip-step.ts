import type { AvroType, RecordType, UnionType } from "../../avro/type.ts"
import { minBytes } from "../look.ts"
import type { ValueReader } from "../runtime-reader.ts"

/** Steps over one value or several. */
export type Skip = (r: ValueReader) => void

/** Steps over values by their schema, looking at no more than their lengths: what skip-code.ts generates, as closures. */
export class SkipSteps {
  private readonly records = new Map<RecordType, { skip: Skip }>()
  private readonly least = new Map<AvroType, number>()

  minBytes(type: AvroType): number {
    return minBytes(type, this.least)
  }

  /** Several values in a row; neighbours of fixed size are one step. undefined where they take no bytes. */
  all(types: readonly AvroType[]): Skip | undefined {
    const steps: Skip[] = []
    let fixed = 0
    const flush = () => {
      if (fixed > 0) steps.push(skipFixed(fixed))
      fixed = 0
    }
    for (const type of types) {
      const size = fixedSize(type)
      if (size < 0) {
        flush()
        steps.push(this.one(type))
      } else fixed += size
    }
    flush()
    if (steps.length < 2) return steps[0]
    return (r) => {
      for (const step of steps) step(r)
    }
  }

  private one(type: AvroType): Skip {
    switch (type.kind) {
      case "int":
      case "long":
      case "enum":
        return (r) => r.skipVarint()
      case "bytes":
      case "string":
        return (r) => r.skipBytes()
      case "union":
        return this.union(type)
      case "array":
        return this.items(false, type.items)
      case "map":
        return this.items(true, type.values)
      case "record":
        return this.record(type)
      default:
        return skipFixed(fixedSize(type))
    }
  }

  private union(type: UnionType): Skip {
    const branches = type.branches.map((each) => this.all([each]))
    return (r) => branches[r.index(branches.length)]?.(r)
  }

  private record(type: RecordType): Skip {
    const known = this.records.get(type)
    if (known !== undefined) return (r) => known.skip(r)
    const made = { skip: nothing }
    this.records.set(type, made)
    const fields = this.all(type.fields.map((field) => field.type)) ?? nothing
    made.skip = (r) => {
      r.enter()
      fields(r)
      r.depth -= 1
    }
    return made.skip
  }

  private items(isMap: boolean, type: AvroType): Skip {
    const least = this.minBytes(type) + (isMap ? 1 : 0)
    const item = this.all([type])
    return (r) => {
      for (;;) {
        let count = r.blockCount(least)
        if (count === 0) return
        // A block that says its size is stepped over whole.
        if (r.blockEnd >= 0) {
          r.at = r.blockEnd
          continue
        }
        if (!isMap && item === undefined) continue
        for (; count > 0; count--) {
          if (isMap) r.skipBytes()
          item?.(r)
        }
      }
    }
  }
}

const nothing: Skip = () => {}

const skipFixed =
  (size: number): Skip =>
  (r) => {
    if (size > r.end - r.at) {
      r.at = r.end
      throw r.truncated()
    }
    r.at += size
  }

/** Bytes of a type whose values all take as many; -1 for others. */
const fixedSize = (type: AvroType): number => {
  switch (type.kind) {
    case "null":
      return 0
    case "boolean":
      return 1
    case "float":
      return 4
    case "double":
      return 8
    case "fixed":
      return type.size
    default:
      return -1
  }
}
