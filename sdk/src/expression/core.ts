import type { SqlType } from "./typing/sql-type.ts"

/**
 * A checked expression in few forms, from which the code is made: every operand already has the type that its operator
 * needs, and BETWEEN, IN, simple CASE, NULLIF and IF have become bindings, comparisons and choices.
 *
 * Rules of evaluation, which the generated code keeps: operands from left to right; a `call` stops at the first NULL
 * operand and is NULL; AND stops at the first FALSE, OR at the first TRUE; a choice evaluates what it needs.
 */
export type Core =
  | ConstantCore
  | ColumnCore
  | MemberCore
  | ItemCore
  | SlotCore
  | BindCore
  | LogicCore
  | TestCore
  | DistinctCore
  | ChooseCore
  | CoalesceCore
  | CallCore

interface Typed {
  readonly type: SqlType
  readonly nullable: boolean
}
/** A DECIMAL's value is its unscaled digits. */
export interface ConstantCore extends Typed {
  readonly op: "constant"
  readonly value: null | boolean | number | bigint | string
}
/** A field of the row itself. */
export interface ColumnCore extends Typed {
  readonly op: "column"
  readonly name: string
}
export interface MemberCore extends Typed {
  readonly op: "member"
  readonly of: Core
  readonly name: string
}
/** An array's element by its number from 1, or a map's value by its key; NULL where there is none. */
export interface ItemCore extends Typed {
  readonly op: "item"
  readonly of: Core
  readonly index: Core
}
export interface SlotCore extends Typed {
  readonly op: "slot"
  readonly slot: number
}
/** Evaluates `value` once; `body` reads it by its slot. */
export interface BindCore extends Typed {
  readonly op: "bind"
  readonly slot: number
  readonly value: Core
  readonly body: Core
}
export interface LogicCore extends Typed {
  readonly op: "and" | "or"
  readonly args: readonly Core[]
}
/** Never NULL. */
export interface TestCore extends Typed {
  readonly op: "test"
  readonly of: Core
  readonly is: null | true | false
  readonly negated: boolean
}
/** Never NULL. */
export interface DistinctCore extends Typed {
  readonly op: "distinct"
  readonly left: Core
  readonly right: Core
  readonly negated: boolean
}
export interface ChooseCore extends Typed {
  readonly op: "choose"
  readonly branches: readonly { readonly when: Core; readonly result: Core }[]
  readonly otherwise: Core
}
export interface CoalesceCore extends Typed {
  readonly op: "coalesce"
  readonly args: readonly Core[]
}
/** An operator or function that is NULL when an operand is, unless it is lenient. */
export interface CallCore extends Typed {
  readonly op: "call"
  /** A name in generation/*-operations.ts, or of a library function. */
  readonly fn: string
  readonly args: readonly Core[]
  /** Arguments known now: scales, bounds, patterns, the place for an error. */
  readonly statics: readonly (null | number | bigint | boolean | string)[]
  /** What goes before the operands: a library function, or what it makes of a JSON text when the code is loaded. */
  readonly prepared?: { readonly fn: string; readonly json?: string }
  /** Operands may be NULL, all are evaluated, and the function deals with it. */
  readonly lenient?: true
}
