import { diffSchemas, type RecordType, renderChanges, type SchemaChange } from "@millrace/sdk/avro"

/** A difference between two versions of a contract, and what it means for who uses the generated code. */
export interface ContractChange extends SchemaChange {
  readonly meaning: string
}

/** Everything in which two versions differ, field by field. */
export const contractChanges = (old: RecordType, fresh: RecordType): readonly ContractChange[] =>
  diffSchemas(old, fresh).map((change) => ({ ...change, meaning: meaningOf(change) }))

/** Lines for a person: the difference, and below it what it means. */
export const changeLines = (changes: readonly ContractChange[]): readonly string[] =>
  changes.flatMap((change) => [`  ${renderChanges([change])}`, `      ${change.meaning}`])

const nothing = "nothing changes in your code"

const meaningOf = ({ change, from = "", path, to = "" }: SchemaChange): string => {
  const name = path === "" ? "the record" : path
  switch (change) {
    case "added":
      return `you can read ${name}; records that your code makes must have it`
    case "removed":
      return `code that reads or writes ${name} no longer compiles: take it out`
    case "renamed":
      return `call it ${to} in your code; records written before are still read, by the alias`
    case "typeChanged":
      return isNullable(to) && !isNullable(from)
        ? `${name} can be null now: code that does not expect it no longer compiles`
        : `code that uses ${name} as ${from} may no longer compile`
    case "branchesChanged":
      return branchMeaning(name, from, to)
    case "symbolsChanged":
      return `the values of ${name} are others: a switch over them may need another case`
    case "defaultChanged":
      return `what is filled in for ${name} where older records lack it; ${nothing}`
    case "attributesChanged":
      return attributeMeaning(name, `${from} ${to}`)
    case "moved":
    case "docChanged":
    case "aliasesChanged":
    case "orderChanged":
      return nothing
  }
}

const isNullable = (label: string): boolean => /^\[(?:.*, )?null(?:,|\])/.test(label)

const branchMeaning = (name: string, from: string, to: string): string => {
  const [before, after] = [from.split(", "), to.split(", ")]
  const come = after.filter((branch) => !before.includes(branch))
  const gone = before.filter((branch) => !after.includes(branch))
  if (come.length === 0 && gone.length === 0) return nothing
  return [
    ...come.map((branch) => `${name} can be ${branch} now: code that does not expect it no longer compiles`),
    ...gone.map((branch) => `${name} is never ${branch} any more`)
  ].join("; ")
}

const attributeMeaning = (name: string, attributes: string): string => {
  if (attributes.includes("millrace.checks"))
    return `records whose ${name} the checks refuse become dead letters`
  return attributes.includes("millrace.sensitive") ? `whether people see ${name} or a mask of it` : nothing
}
