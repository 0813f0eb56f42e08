import { type AvroType, parseAvro, recordFields, type SourceRecord } from "@millrace/sdk"
import { FileFormatError } from "../format/cut.ts"
import type { SourceConfig } from "../source/config.ts"
import { eventTimeOf } from "../source/convert-value.ts"
import { type FieldPlan, fieldPlans } from "../source/field-plan.ts"

/** What is wrong with a config for Avro files; undefined when nothing is. `output`: the record schema that it describes. */
export const avroProblem = (
  config: SourceConfig,
  output: unknown
): { readonly path: string; readonly message: string } | undefined => {
  for (const [name, field] of Object.entries(config.fields ?? {})) {
    const option = field.coerce === true ? "coerce" : field.format === undefined ? undefined : "format"
    if (option !== undefined) {
      return {
        path: `/fields/${name}/${option}`,
        message: `an Avro file's values have types: leave ${option} out`
      }
    }
  }
  const parsed = parseAvro(readerJson(config, output, ""))
  if ("ok" in parsed) return undefined
  return { path: config.fields === undefined ? "/schema" : "/fields", message: parsed.error.message }
}

/**
 * The schema that a file's records are read as: the config's, with the fields under their names in the file. What the file
 * calls its record does not matter. Throws a {@link FileFormatError}.
 */
export const readerSchema = (config: SourceConfig, output: unknown, writer: AvroType): AvroType => {
  if (writer.kind !== "record") {
    throw new FileFormatError({ file: "", message: `it holds values of type ${writer.kind}, and no records` })
  }
  const parsed = parseAvro(readerJson(config, output, writer.name))
  if ("ok" in parsed) return parsed.ok
  throw new FileFormatError({ file: "", message: parsed.error.message })
}

const readerJson = (config: SourceConfig, output: unknown, writerName: string): unknown => {
  const names = new Map(fieldPlans(config).map(({ name, from }) => [name, from]))
  const given: { readonly [key: string]: unknown } = { ...Object(output) }
  const aliases: readonly unknown[] = Array.isArray(given["aliases"]) ? given["aliases"] : []
  return {
    ...given,
    aliases: writerName === "" ? aliases : [...aliases, writerName],
    fields: recordFields(output).map((field) => ({
      ...field,
      name: names.get(field.name) ?? field.name,
      // Of the config's own fields a nullable one may be absent, as in the other formats.
      ...(config.fields?.[field.name]?.nullable === true ? { default: null } : {})
    }))
  }
}

/** A record as it was read, under the stream's names. */
export const toSourceRecord = (config: SourceConfig): ((value: unknown) => SourceRecord<unknown>) => {
  const plans = fieldPlans(config)
  const isRenamed = plans.some(({ name, from }) => name !== from)
  const time = plans.find(({ isEventTime }) => isEventTime)
  return (read) => {
    const timestamp = time === undefined ? undefined : eventTimeOf(time.type, propertyOf(read, time.from))
    const value = isRenamed ? renamed(read, plans) : read
    return timestamp === undefined ? { value } : { value, timestamp }
  }
}

const renamed = (read: unknown, plans: readonly FieldPlan[]): unknown =>
  Object.fromEntries(plans.map(({ name, from }): [string, unknown] => [name, propertyOf(read, from)]))

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
