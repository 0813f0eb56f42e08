const avroNameOf = (name: string): string => name.replaceAll("-", "_")

/** The Avro name of an argument, where that is a named type. */
export const argumentName = (name: string, argument: string): string => `${avroNameOf(name)}.${argument}`

/** The Avro name of a function's result, where that is a named type. */
export const resultName = (name: string): string => `${avroNameOf(name)}.result`
