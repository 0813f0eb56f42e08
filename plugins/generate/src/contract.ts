import { type DeriveAnswer, escapePart, recordSchema } from "@millrace/sdk"
import type { Template } from "./template.ts"

/** More would be too many tasks. */
const maxPartitions = 1_024

/** The contract of a template's records, or what is wrong with it. */
export const contractOf = (config: Template): DeriveAnswer => {
  const { every, fields, key = [], partitions = 1, record, records = 1, seed = 0 } = config
  const names = Object.keys(fields)
  if (names.length === 0) return refused("/fields", "name a field at least")
  const odd = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(name) || name === "__proto__")
  if (odd !== undefined)
    return refused(`/fields/${escapePart(odd)}`, "a field's name is of letters, digits and _")
  const missing = key.findIndex((name) => !names.includes(name))
  if (missing >= 0) return refused(`/key/${missing}`, `there is no field ${key[missing]}`)
  if (every < 1) return refused("/every", "give a time longer than 0")
  if (records < 1) return refused("/records", "give one record at least")
  if (partitions < 1 || partitions > maxPartitions)
    return refused("/partitions", `there are 1 to ${maxPartitions} partitions`)
  if (!Number.isSafeInteger(seed)) return refused("/seed", "a seed is a whole number")
  return {
    output: recordSchema(
      record,
      Object.entries(fields).map(([name, { schema }]) => ({ name, type: schema }))
    ),
    key
  }
}

export const refused = (path: string, message: string) => ({ error: { path, message } })
