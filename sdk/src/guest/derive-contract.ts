import type { Definition } from "../plugin/definition.ts"
import type { DeriveReply, DeriveRequest } from "./abi.ts"
import { decodeConfig } from "./instance/decode-config.ts"

/** Asks a plugin's `derive`. A mistake of the config, or a throw, is the answer's error. */
export const deriveContract = (definition: Definition, request: DeriveRequest): DeriveReply => {
  const { derive } = definition
  if (derive === undefined) return { ok: { reads: everything(request), output: "same" } }
  try {
    const config = decodeConfig(definition.config, request.config, (pointer) =>
      expressionInfo(request, pointer)
    )
    const answer = derive({ config, inputs: request.inputs, tables: request.tables })
    return isError(answer) ? { error: answer.error } : { ok: answer }
  } catch (error) {
    return { error: { path: "", message: error instanceof Error ? error.message : String(error) } }
  }
}

const isError = (
  answer: object
): answer is { readonly error: { readonly path: string; readonly message: string } } => "error" in answer

const everything = ({ inputs }: DeriveRequest): { readonly [input: string]: "*" } =>
  Object.fromEntries(Object.keys(inputs).map((input) => [input, "*"]))

/** Stands for an expression while a contract is derived: it knows what it gives, and cannot be called. */
const expressionInfo = ({ expressions }: DeriveRequest, pointer: string): unknown => {
  const info = Object.hasOwn(expressions, pointer) ? expressions[pointer] : undefined
  if (info === undefined) return undefined
  const notYet = () => {
    throw new Error("an expression has no row while the contract is derived")
  }
  return Object.assign(notYet, { schema: info.schema, fields: info.fields, column: info.column })
}
