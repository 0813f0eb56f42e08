import * as fc from "fast-check"
import type { AvroField, AvroType, FixedType, PrimitiveType, RecordType } from "../../avro/type.ts"
import { SampleRandom } from "./sample-random.ts"
import { sampleScalar } from "./sample-scalar.ts"
import { type SamplePlace, sampleText } from "./sample-words.ts"
import { scalarArbitrary } from "./scalar-arbitrary.ts"
import { valueChecks } from "./value-checks.ts"

export interface SampleOptions {
  /** The same seed gives the same records. Default 0. */
  readonly seed?: number
  /** Default 10. */
  readonly count?: number
  /** The index of the first: record `n` is the same whichever record one starts from. Default 0. */
  readonly from?: number
}

/**
 * Plausible records of a type: names, prices and dates by the fields' names and types, few different values for what points
 * elsewhere (`customerId`), null for one in eight where a field may be. They pass the contract's checks. Values look as
 * bodies see them (codec/view.ts).
 */
export const sampleOf = (type: RecordType, options: SampleOptions = {}): readonly unknown[] => {
  const { seed = 0, count = 10, from = 0 } = options
  return Array.from({ length: count }, (_, at) => {
    const index = from + at
    return new Sample(
      index,
      new SampleRandom(Math.imul(seed + 1, 0x2545f491) ^ Math.imul(index + 1, 0x9e3779b1))
    ).record(type, 0)
  })
}

const maxLevel = 4

class Sample {
  private readonly index: number
  private readonly random: SampleRandom

  constructor(index: number, random: SampleRandom) {
    this.index = index
    this.random = random
  }

  record(type: RecordType, level: number): unknown {
    const fields = type.fields.map((field) => [field.name, this.field(field, type.name, level + 1)])
    return Object.fromEntries(fields)
  }

  private place(record: string): SamplePlace {
    return { record, index: this.index }
  }

  private field({ attributes, name, type }: AvroField, record: string, level: number): unknown {
    return this.fitting(type, attributes, () => this.value(type, { name, record }, level))
  }

  private value(type: AvroType, at: FieldPlace, level: number): unknown {
    switch (type.kind) {
      case "record":
        return this.record(type, level)
      case "union":
        return this.value(this.branch(type.branches, level), at, level)
      case "enum":
        return this.random.pick(type.symbols)
      case "array":
        return this.list(type, level, () => this.value(type.items, singular(at), level + 1))
      case "map":
        return this.map(type.values, at, level)
      default:
        return this.fitting(type, type.attributes, () =>
          sampleScalar(type, at.name, this.place(at.record), this.random)
        )
    }
  }

  /** What the contract's checks allow: a few tries, then whatever fast-check makes of them. */
  private fitting(type: AvroType, attributes: AvroField["attributes"], make: () => unknown): unknown {
    const { free, passes } = valueChecks(attributes)
    const first = make()
    if (free || passes(first)) return first
    for (let tries = 0; tries < 20; tries++) {
      const next = make()
      if (passes(next)) return next
    }
    if (type.kind === "record" || type.kind === "union" || !isScalar(type)) return first
    const seed = this.random.between(0, 2 ** 31 - 1)
    return fc.sample(scalarArbitrary(type).filter(passes), { seed, numRuns: 1 })[0] ?? first
  }

  private branch(branches: readonly AvroType[], level: number): AvroType {
    const nothing = branches.find(({ kind }) => kind === "null")
    const others = branches.filter(({ kind }) => kind !== "null")
    const isNull = nothing !== undefined && (level >= maxLevel || this.random.oneIn(8))
    const [first = { kind: "null", attributes: {} }, ...rest] = isNull ? [nothing] : others
    return this.random.pick([first, ...rest])
  }

  private list(type: Extract<AvroType, { kind: "array" }>, level: number, make: () => unknown): unknown {
    const { minLength, maxLength } = valueChecks(type.attributes)
    const most = level >= maxLevel ? minLength : Math.min(maxLength, Math.max(minLength, 3))
    return Array.from({ length: this.random.between(minLength, most) }, make)
  }

  private map(values: AvroType, at: FieldPlace, level: number): unknown {
    const entries = Array.from({ length: level >= maxLevel ? 0 : this.random.between(0, 2) }, () => [
      sampleText("", this.place(""), this.random),
      this.value(values, singular(at), level + 1)
    ])
    return Object.assign(Object.create(null), Object.fromEntries(entries))
  }
}

interface FieldPlace {
  readonly name: string
  readonly record: string
}

/** What a list of `tags` holds is a `tag`. */
const singular = ({ name, record }: FieldPlace): FieldPlace => ({
  name: name.endsWith("s") ? name.slice(0, -1) : name,
  record
})

const isScalar = (type: AvroType): type is PrimitiveType | FixedType =>
  !["array", "map", "enum", "union", "record"].includes(type.kind)
