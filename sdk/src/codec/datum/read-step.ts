import type {
  ArrayResolution,
  EnumResolution,
  FixedResolution,
  MapResolution,
  PrimitiveResolution,
  PromoteResolution,
  RecordResolution,
  Resolution,
  WriterUnionResolution
} from "../../avro/resolution.ts"
import type { Attributes, AvroType, FixedType, PrimitiveType } from "../../avro/type.ts"
import { checksOf, lookOf } from "../look.ts"
import { prepareChecks, runChecks } from "../runtime-check.ts"
import { CodecFault, faultWithin, mapStep } from "../runtime-fault.ts"
import { decimalOfBytes, durationOfBytes, uuidOfBytes } from "../runtime-logical.ts"
import type { ValueReader } from "../runtime-reader.ts"
import { defaultValue } from "./default-value.ts"
import { recordOf } from "./record-value.ts"
import { SkipSteps } from "./skip-step.ts"

/** Reads the value that comes next. */
export type Read = (r: ValueReader) => unknown

interface RecordRead {
  read: Read
  /** While its fields are being made; meeting it then makes it recursive. */
  open: boolean
  recursive: boolean
}

/** One step of a record: what it reads it puts among the values of the reader's fields. */
interface FieldRead {
  /** The writer's field, by which a fault finds its path; a run of skips has the name of its first. */
  readonly name: string
  readonly run: (r: ValueReader, values: unknown[]) => void
}

/** Reads values by a resolution plan: what read-code.ts generates, as closures over its nodes. */
export class ReadSteps {
  private readonly skip = new SkipSteps()
  private readonly records = new Map<RecordResolution, RecordRead>()

  value(plan: Resolution): Read {
    switch (plan.action) {
      case "primitive":
        return checked(plan.reader.attributes, primitive(plan))
      case "promote":
        return checked(plan.reader.attributes, promote(plan))
      case "fixed":
        return checked(plan.reader.attributes, fixed(plan))
      case "enum":
        return enumSymbol(plan)
      case "record":
        return this.record(plan)
      case "array":
        return checked(plan.reader.attributes, this.array(plan))
      case "map":
        return checked(plan.reader.attributes, this.map(plan))
      case "writerUnion":
        return this.union(plan)
      case "readerUnion":
        return this.value(plan.value)
      case "error":
        return () => {
          throw new CodecFault("UNRESOLVED", -1, plan.message)
        }
    }
  }

  private union(plan: WriterUnionResolution): Read {
    const branches = plan.branches.map((each) => this.value(each))
    return (r) => branches[r.index(branches.length)](r)
  }

  private record(plan: RecordResolution): Read {
    const known = this.records.get(plan)
    if (known !== undefined) {
      if (known.open) known.recursive = true
      return (r) => known.read(r)
    }
    const made: RecordRead = { read: () => undefined, open: true, recursive: false }
    this.records.set(plan, made)
    const steps = this.fieldSteps(plan)
    made.open = false
    const { recursive } = made
    const make = recordOf(plan.reader.fields.map(({ name }) => name))
    const defaults = plan.defaults.map((each) => ({
      index: each.readerIndex,
      make: defaultValue(each.type, each.value)
    }))
    made.read = (r) => {
      if (recursive) r.enter()
      const values: unknown[] = []
      let s = 0
      try {
        for (; s < steps.length; s++) steps[s].run(r, values)
      } catch (error) {
        throw faultWithin(error, steps[s].name)
      }
      if (recursive) r.depth -= 1
      for (const missing of defaults) values[missing.index] = missing.make()
      return make(values)
    }
    return made.read
  }

  private fieldSteps(plan: RecordResolution): readonly FieldRead[] {
    const steps: FieldRead[] = []
    let skipped: { readonly name: string; readonly types: AvroType[] } | undefined
    const flush = () => {
      if (skipped === undefined) return
      const run = this.skip.all(skipped.types)
      if (run !== undefined) steps.push({ name: skipped.name, run })
      skipped = undefined
    }
    for (const step of plan.steps) {
      const { name } = plan.writer.fields[step.writerIndex]
      if (step.step === "skip") {
        skipped ??= { name, types: [] }
        skipped.types.push(step.type)
        continue
      }
      flush()
      const { readerIndex } = step
      const read = checked(plan.reader.fields[readerIndex].attributes, this.value(step.value))
      const run: FieldRead["run"] = (r, values) => {
        values[readerIndex] = read(r)
      }
      steps.push({ name, run })
    }
    flush()
    return steps
  }

  private array(plan: ArrayResolution): Read {
    const least = this.skip.minBytes(plan.writer.items)
    const item = this.value(plan.items)
    return (r) => {
      const values: unknown[] = []
      try {
        readBlocks(r, least, () => {
          values.push(item(r))
        })
      } catch (error) {
        throw faultWithin(error, `[${values.length}]`)
      }
      return values
    }
  }

  private map(plan: MapResolution): Read {
    const least = 1 + this.skip.minBytes(plan.writer.values)
    const value = this.value(plan.values)
    return (r) => {
      const map: { [key: string]: unknown } = Object.create(null)
      let key = ""
      try {
        readBlocks(r, least, () => {
          key = ""
          key = r.string()
          map[key] = value(r)
        })
      } catch (error) {
        throw faultWithin(error, mapStep(key))
      }
      return map
    }
  }
}

const readBlocks = (r: ValueReader, least: number, item: () => void): void => {
  for (;;) {
    const count = r.blockCount(least)
    if (count === 0) return
    const end = r.blockEnd
    for (let i = 0; i < count; i++) item()
    r.endBlock(end)
  }
}

/** Reads, then runs the contract's checks. */
const checked = (attributes: Attributes, read: Read): Read => {
  const checks = checksOf(attributes, "")
  if (checks.length === 0) return read
  const prepared = prepareChecks(checks)
  return (r) => {
    const value = read(r)
    runChecks(prepared, value)
    return value
  }
}

const primitive = ({ reader }: PrimitiveResolution): Read => {
  switch (reader.kind) {
    case "null":
      return () => null
    case "boolean":
      return (r) => r.boolean()
    case "int":
      return (r) => r.int()
    case "long":
      return lookOf(reader).form === "bigint" ? (r) => r.bigLong() : (r) => r.long()
    case "float":
      return (r) => r.float()
    case "double":
      return (r) => r.double()
    case "string":
      return (r) => r.string()
    case "bytes":
      return looked(reader, (r) => r.byteString())
  }
}

const promote = ({ writer, reader }: PromoteResolution): Read => {
  const isInt = writer.kind === "int"
  switch (reader.kind) {
    case "long":
      return lookOf(reader).form === "bigint" ? (r) => BigInt(r.int()) : (r) => r.int()
    case "float":
      return isInt ? (r) => Math.fround(r.int()) : (r) => Math.fround(r.longAsDouble())
    case "double":
      if (isInt) return (r) => r.int()
      return writer.kind === "long" ? (r) => r.longAsDouble() : (r) => r.float()
    case "string":
      return (r) => r.string()
    default:
      return looked(reader, (r) => r.byteString())
  }
}

const fixed = ({ reader }: FixedResolution): Read => {
  const { size } = reader
  return looked(reader, (r) => r.fixed(size))
}

/** The bytes as what JavaScript sees of them. */
const looked = (type: PrimitiveType | FixedType, read: (r: ValueReader) => Uint8Array): Read => {
  const look = lookOf(type)
  if (look.form === "decimal") return (r) => decimalOfBytes(read(r), look.precision, look.scale)
  if (look.form === "duration") return (r) => durationOfBytes(read(r))
  return look.form === "uuid" && type.kind === "fixed" ? (r) => uuidOfBytes(read(r)) : read
}

const enumSymbol = (plan: EnumResolution): Read => {
  const symbols = plan.symbols.map((index) => plan.reader.symbols[index])
  return (r) => {
    const index = r.index(symbols.length)
    const symbol: string | undefined = symbols[index]
    if (symbol !== undefined) return symbol
    const message = `${plan.writer.symbols[index]} is no symbol of ${plan.reader.name}, which has no default`
    throw new CodecFault("UNRESOLVED", -1, message)
  }
}
