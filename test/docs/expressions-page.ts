import { expressionReferenceMarkdown } from "@millrace/sdk/expression"

/** Every literal, operator and function of expressions, from their tables in the SDK. */
export const expressionsPage = (): string =>
  [
    "# Expressions",
    "",
    "SQL's scalar expressions, in Flink SQL's dialect, for conditions and computed fields. This page is made of the functions' own",
    "tables, and every example on it runs in the tests. A function is NULL when an argument is, unless its line says otherwise;",
    "meaning, types, limits and differences from Flink: [sdk/src/expression](../../sdk/src/expression/README.md).",
    "",
    expressionReferenceMarkdown()
  ].join("\n")
