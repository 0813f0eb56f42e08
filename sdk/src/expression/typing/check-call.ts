import { excerpt } from "../expression-error.ts"
import { didYouMean } from "../nearest.ts"
import type { CallNode, ExtractNode, TrimNode } from "../syntax/ast.ts"
import { call, place, type CheckContext, type Checked } from "./check-context.ts"
import { absentFunctions } from "./functions/absent.ts"
import { textArgument, type FunctionDefinition } from "./functions/definition.ts"
import { functionFamilies } from "./functions/families.ts"
import { checkPart } from "./functions/temporal.ts"
import { stringType } from "./sql-type.ts"

const functions: ReadonlyMap<string, FunctionDefinition> = new Map(
  functionFamilies
    .flatMap(({ functions: list }) => list)
    .flatMap((definition) =>
      [definition.name, ...(definition.aliases ?? [])].map((name) => [name, definition] as const)
    )
)

/** Names with a grammar of their own. */
const special = ["CAST", "EXTRACT", "JSON_EXISTS", "JSON_QUERY", "JSON_VALUE", "TRIM", "TRY_CAST"]

/** Every function's name, in upper case. */
export const functionNames: readonly string[] = [...functions.keys(), ...special].sort()

export function checkCall(context: CheckContext, node: CallNode): Checked | undefined {
  const known = functions.get(node.name)
  if (known === undefined) {
    const hint = absentFunctions.get(node.name) ?? didYouMean(node.name, functionNames)
    const message = `unknown function ${excerpt(node.name)}`
    return context.fail("EXPRESSION_UNKNOWN_FUNCTION", message, node.span, hint)
  }
  const count = node.arguments.length
  if (count < known.least || count > known.most) {
    const message = `${node.name} takes ${countText(known)}, here ${count}`
    return context.fail("EXPRESSION_ARGUMENTS", message, node.span, `write ${known.usage}`)
  }
  const list = context.checkAll(node.arguments)
  return list && known.check(context, node, list)
}

function countText({ least, most }: FunctionDefinition): string {
  if (most === Number.POSITIVE_INFINITY) return `${least} or more arguments`
  if (least === most) return least === 1 ? "1 argument" : `${least} arguments`
  return `${least} to ${most} arguments`
}

export function checkExtract(context: CheckContext, node: ExtractNode): Checked | undefined {
  const operand = context.check(node.operand)
  return operand && checkPart(context, node, operand, node.unit)
}

export function checkTrim(context: CheckContext, node: TrimNode): Checked | undefined {
  const nodes = node.characters === undefined ? [node.operand] : [node.operand, node.characters]
  const list = context.checkAll(nodes)
  const args = list?.map((checked) => textArgument(context, "TRIM", checked))
  const sound = args?.filter((core) => core !== undefined)
  if (sound === undefined || sound.length < nodes.length) return undefined
  return { node, core: call(`trim:${node.side}`, stringType, sound, [place(node)]) }
}
