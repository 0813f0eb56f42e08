import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** What an expression gives, as far as TypeScript needs to know; `number` is any of SQL's numeric types. */
export interface ExpressionTypes {
  readonly boolean: boolean
  readonly number: number
  readonly string: string
  readonly any: unknown
}

/** An expression of the config, compiled by the platform: in a body, a function of the row that the body got. */
export interface ExpressionFunction<A> {
  /** null is SQL's NULL (and UNKNOWN). Throws when the expression fails: the record does. */
  (row: object): A | null
  /** Fraction digits of a DECIMAL, whose values are text; undefined for any other. In a body only. */
  readonly scale?: number
  /** Avro schema of the result, JSON form. In `derive` only; undefined in a body. */
  readonly schema?: unknown
  /** The top-level fields that it reads. In `derive` only; undefined in a body. */
  readonly fields?: readonly string[]
  /** The field, where the expression is nothing but its name. In `derive` only; undefined in a body. */
  readonly column?: string | undefined
}

/** Answers the function at a JSON pointer of the config that is being decoded. Given by the guest shim alone. */
export const ExpressionSource = Context.Reference<(pointer: string) => unknown>(
  "millrace/plugin/ExpressionSource",
  {
    defaultValue: () => () => undefined
  }
)

/** The annotation (and JSON Schema keyword) that marks an expression: `{ type, input }`. */
export const expressionMark = "millrace:expression"

export interface ExpressionOptions<Type extends keyof ExpressionTypes> {
  /** What it must give; default `any`. */
  readonly type?: Type
  /** The input whose fields it sees; default: the only one. */
  readonly input?: string
  /**
   * What it sees instead of an input's fields: rows that the plugin makes itself, as an Avro record schema in JSON form. The
   * body calls the function with them. For a source, which has no input.
   */
  readonly row?: object
  readonly description?: string
}

/**
 * A config field that holds an expression (SQL's scalar language). Its encoded side is the text; the platform parses it,
 * checks it against the input's schema when a pipeline is planned, and hands the body a function.
 *
 * The fields it reads come into the row by themselves: an open contract need not name them.
 */
export const Expression = <const Type extends keyof ExpressionTypes = "any">(
  options: ExpressionOptions<Type> = {}
) =>
  Schema.String.annotate({
    [expressionMark]: {
      type: options.type ?? "any",
      input: options.input ?? "input",
      ...(options.row === undefined ? {} : { row: options.row })
    },
    ...(options.description === undefined ? {} : { description: options.description })
  }).pipe(
    Schema.decodeTo(
      Schema.declare(isExpressionFunction<ExpressionTypes[Type]>, { expected: "an expression" }),
      SchemaTransformation.transformEffect({
        // Before a config is decoded the shim puts each expression's pointer in the place of its text.
        decode: (pointer: string) =>
          Effect.flatMap(Effect.service(ExpressionSource), (source) => {
            const found = source(pointer)
            return isExpressionFunction<ExpressionTypes[Type]>(found)
              ? Effect.succeed(found)
              : Effect.fail(new SchemaIssue.InvalidValue({ message: "this expression was not compiled" }))
          }),
        encode: () => Effect.succeed("")
      })
    )
  )

const isExpressionFunction = <A>(value: unknown): value is ExpressionFunction<A> =>
  typeof value === "function"
