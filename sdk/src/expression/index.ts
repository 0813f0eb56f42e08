export { parseExpression, type ParseResult } from "./syntax/parse-expression.ts"
export { formatExpression, formatName } from "./syntax/format.ts"
export type { Expression } from "./syntax/ast.ts"
export { maxDepth, maxNodes, maxTextLength } from "./syntax/token-reader.ts"
export { checkExpression, type CheckResult, type TypedExpression } from "./typing/check-expression.ts"
export { expressionReference, expressionReferenceMarkdown } from "./reference.ts"
export { functionNames } from "./typing/check-call.ts"
export { formatSqlType, type SqlType } from "./typing/sql-type.ts"
export { generateExpression } from "./generation/generate.ts"
export { compileExpression } from "./compile-boundary.ts"
export {
  formatExpressionError,
  type ExpressionError,
  type ExpressionErrorCode,
  type Span
} from "./expression-error.ts"
