import type { ExpressionErrorCode } from "@millrace/sdk/expression"
import type { Rows } from "./row.ts"

const where = "line and column within the expression"

const whenPlanned: Rows<ExpressionErrorCode> = {
  EXPRESSION_SYNTAX: {
    message: "The text does not parse: what was expected, and what stands there",
    where,
    why: "Expressions are SQL's, in Flink's dialect.",
    remedy: "Correct it at this place, as the hint says."
  },
  EXPRESSION_LITERAL: {
    message: "A literal is malformed or out of range",
    where,
    why: "Dates, times, intervals and numbers are checked when they are read.",
    remedy: "Write it in the form that the hint shows."
  },
  EXPRESSION_TOO_LARGE: {
    message: "The expression is too long",
    where,
    why: "Length and number of parts are bounded.",
    remedy: "Split it over several nodes, or write a processor."
  },
  EXPRESSION_TOO_DEEP: {
    message: "The expression nests too deep",
    where,
    why: "Depth is bounded.",
    remedy: "Split it over several nodes, or write a processor."
  },
  EXPRESSION_UNKNOWN_FIELD: {
    message: "The record has no such field",
    where,
    why: "Names are looked up in the schema that arrives at the node.",
    remedy: "Write the name that the hint suggests; quote odd names with backticks."
  },
  EXPRESSION_UNKNOWN_FUNCTION: {
    message: "There is no such function",
    where,
    why: "Functions are Flink SQL's; those of other databases are refused with what to write instead.",
    remedy: "Write the function that the hint names, or a function plugin."
  },
  EXPRESSION_ARGUMENTS: {
    message: "A function got the wrong number or kinds of arguments",
    where,
    why: "Calls are checked against the function's signature.",
    remedy: "Give the arguments that the message lists."
  },
  EXPRESSION_TYPE: {
    message: "A value is of a type that does not go here",
    where,
    why: "Types follow Flink SQL's rules; nothing is converted silently where it could lose.",
    remedy: "Convert it with CAST or TRY_CAST, as the hint says."
  },
  EXPRESSION_PATTERN: {
    message: "A pattern of LIKE or a regular expression is malformed",
    where,
    why: "Patterns are compiled when the pipeline is planned.",
    remedy: "Correct the pattern."
  }
}

const record = "the record, in its dead letter"

const whenRun: Rows = {
  EXPRESSION_ARGUMENT: {
    message: "An argument of a function is outside of what it takes",
    where: record,
    why: "The argument comes from the record, and can be judged only there: a format, an encoding or a number.",
    remedy: "Guard it with CASE, or filter such records out before."
  },
  EXPRESSION_CAST: {
    message: "A value cannot be converted to the type",
    where: record,
    why: "CAST fails for values that the type does not have, as in Flink SQL.",
    remedy: "Use TRY_CAST, which gives NULL, or filter such records out before."
  },
  EXPRESSION_DIVISION_BY_ZERO: {
    message: "Division by zero",
    where: record,
    why: "Whole numbers and decimals have no infinity.",
    remedy: "Guard it: `x / NULLIF(y, 0)`."
  },
  EXPRESSION_OVERFLOW: {
    message: "A result does not fit its type",
    where: record,
    why: "Nothing wraps around silently.",
    remedy: "Cast an operand to a wider type before."
  },
  EXPRESSION_VALUE: {
    message: "An argument is none that the function takes",
    where: record,
    why: "The value is outside of the function's domain.",
    remedy: "Guard it with CASE, or filter such records out before."
  },
  EXPRESSION_TEXT_TOO_LONG: {
    message: "A text would grow too long",
    where: record,
    why: "What an expression makes of one record is bounded.",
    remedy: "Shorten it with SUBSTRING."
  }
}

export const expressionErrors: Rows = { ...whenPlanned, ...whenRun }
