import type {
  BindCore,
  CallCore,
  ChooseCore,
  CoalesceCore,
  ColumnCore,
  Core,
  DistinctCore,
  ItemCore,
  LogicCore,
  MemberCore,
  TestCore
} from "../core.ts"
import { compare } from "../typing/coerce.ts"
import { literal, operation, type Emitter } from "./emitter.ts"

/** Text that gives the value once; statements that it needs go before it. */
export function emit(emitter: Emitter, core: Core): string {
  switch (core.op) {
    case "constant":
      return literal(core.value)
    case "slot":
      return `s${core.slot}`
    case "bind":
      return emitBind(emitter, core)
    case "column":
    case "member":
    case "item":
      return core.type.kind === "decimal" ? emitDecimal(emitter, core) : emitRaw(emitter, core)
    case "call":
      return emitCall(emitter, core)
    case "and":
    case "or":
      return emitLogic(emitter, core)
    case "test":
      return emitTest(emitter, core)
    case "distinct":
      return emitDistinct(emitter, core)
    case "choose":
      return emitChoose(emitter, core)
    case "coalesce":
      return emitCoalesce(emitter, core)
  }
}

function emitBind(emitter: Emitter, core: BindCore): string {
  const value = emit(emitter, core.value)
  emitter.push(`const s${core.slot} = ${value}`)
  return emit(emitter, core.body)
}

/** A value of the row as it is there: a DECIMAL as its text. */
export function emitRaw(emitter: Emitter, core: ColumnCore | MemberCore | ItemCore): string {
  if (core.op === "column") return emitter.column(core)
  if (core.op === "member") {
    return emitStrict(emitter, [core.of], true, ([of = ""]) => emitter.read(of, core.name, core.nullable))
  }
  const array = core.of.type.kind === "array"
  return emitStrict(emitter, [core.of, core.index], true, ([of = "", index = ""]) =>
    array
      ? `(${index} >= 1 && ${index} <= ${of}.length ? ${of}[${index} - 1] : null)`
      : `(Object.hasOwn(${of}, ${index}) ? ${of}[${index}] : null)`
  )
}

function emitDecimal(emitter: Emitter, core: ColumnCore | MemberCore | ItemCore): string {
  const scale = core.type.kind === "decimal" ? core.type.scale : 0
  emitter.need("fromDecimal")
  const raw = emitRaw(emitter, core)
  if (!core.nullable) return `fromDecimal(${raw}, ${scale})`
  const value = emitter.atom(raw)
  return `(${value} === null ? null : fromDecimal(${value}, ${scale}))`
}

function emitCall(emitter: Emitter, core: CallCore): string {
  if (core.fn === "likeConstant") return emitLikeConstant(emitter, core)
  const { needs, repeats, text } = operation(core.fn)
  emitter.need(...needs)
  const statics = core.statics.map(literal)
  const before = core.prepared === undefined ? [] : [emitPrepared(emitter, core.prepared)]
  if (core.lenient === true) {
    const operands = core.args.map((arg) => emitter.atom(emit(emitter, arg)))
    return text([...before, ...operands], statics)
  }
  return emitStrict(emitter, core.args, repeats, (args) => text([...before, ...args], statics))
}

/** A program, table or comparison, made when the code is loaded. */
function emitPrepared(emitter: Emitter, { fn, json }: NonNullable<CallCore["prepared"]>): string {
  emitter.need(fn)
  return json === undefined ? fn : emitter.constant(`${fn}(${literal(json)})`)
}

function emitLikeConstant(emitter: Emitter, core: CallCore): string {
  emitter.need("likeMatcher")
  const matcher = emitter.constant(`likeMatcher(${core.statics.map(literal).join(", ")})`)
  return emitStrict(emitter, core.args, false, ([value]) => `${matcher}(${value})`)
}

/** NULL when an operand is; operands after the first NULL are not evaluated. */
function emitStrict(
  emitter: Emitter,
  args: readonly Core[],
  repeats: boolean,
  text: (args: readonly string[]) => string
): string {
  if (!args.some(({ nullable }) => nullable)) {
    const operands = args.map((arg) => emit(emitter, arg))
    return text(repeats ? operands.map((operand) => emitter.atom(operand)) : operands)
  }
  const label = emitter.fresh("L")
  const operands: string[] = []
  const guarded: string[] = []
  const lines = emitter.capture(() => {
    for (const arg of args) {
      const operand = emitter.atom(emit(emitter, arg))
      operands.push(operand)
      if (!arg.nullable || guarded.includes(operand)) continue
      guarded.push(operand)
      emitter.push(`if (${operand} === null) break ${label}`)
    }
  })
  if (lines.length === guarded.length && guarded.length <= 3) {
    return `(${guarded.map((operand) => `${operand} === null`).join(" || ")} ? null : ${text(operands)})`
  }
  return block(emitter, label, "null", (result) => [...lines, `${result} = ${text(operands)}`])
}

function block(
  emitter: Emitter,
  label: string,
  initial: string,
  lines: (result: string) => readonly string[]
): string {
  const result = emitter.fresh("v")
  emitter.push(`let ${result} = ${initial}`)
  emitter.push(`${label}: {`)
  for (const line of lines(result)) emitter.push(line)
  emitter.push("}")
  return result
}

function emitLogic(emitter: Emitter, core: LogicCore): string {
  const stop = core.op === "and" ? "false" : "true"
  const plain = core.nullable ? undefined : plainLogic(emitter, core)
  if (plain !== undefined) return plain
  const label = emitter.fresh("L")
  return block(emitter, label, core.op === "and" ? "true" : "false", (result) =>
    emitter.capture(() => {
      for (const arg of core.args) {
        const value = emitter.atom(emit(emitter, arg))
        emitter.push(`if (${value} === ${stop}) { ${result} = ${stop}; break ${label} }`)
        if (arg.nullable) emitter.push(`if (${value} === null) ${result} = null`)
      }
    })
  )
}

/** `a && b`, where no operand needs statements or can be NULL. */
function plainLogic(emitter: Emitter, core: LogicCore): string | undefined {
  const texts: string[] = []
  const lines = emitter.capture(() => {
    for (const arg of core.args) texts.push(emit(emitter, arg))
  })
  return lines.length > 0 ? undefined : `(${texts.join(core.op === "and" ? " && " : " || ")})`
}

function emitTest(emitter: Emitter, core: TestCore): string {
  const value = emitter.atom(emit(emitter, core.of))
  return `(${value} ${core.negated ? "!==" : "==="} ${core.is})`
}

function emitDistinct(emitter: Emitter, core: DistinctCore): string {
  const left = emitter.atom(emit(emitter, core.left))
  const right = emitter.atom(emit(emitter, core.right))
  const equal = compare("=", core.left, core.right)
  const { needs, text } = operation(equal.fn)
  emitter.need(...needs)
  const same = text([left, right], [])
  const nulls = [core.left.nullable ? left : "", core.right.nullable ? right : ""].filter(
    (name) => name !== ""
  )
  const distinct =
    nulls.length === 0
      ? `!${same}`
      : `(${nulls.map((name) => `${name} === null`).join(" || ")} ? ${left} !== ${right} : !${same})`
  return core.negated ? `!${distinct}` : distinct
}

function emitChoose(emitter: Emitter, core: ChooseCore): string {
  const label = emitter.fresh("L")
  return block(emitter, label, "null", (result) =>
    emitter.capture(() => {
      for (const { when, result: chosen } of core.branches) {
        const condition = emit(emitter, when)
        emitter.push(`if (${condition}) {`)
        emitter.push(`${result} = ${emit(emitter, chosen)}`)
        emitter.push(`break ${label}`)
        emitter.push("}")
      }
      emitter.push(`${result} = ${emit(emitter, core.otherwise)}`)
    })
  )
}

function emitCoalesce(emitter: Emitter, core: CoalesceCore): string {
  const label = emitter.fresh("L")
  return block(emitter, label, "null", (result) =>
    emitter.capture(() => {
      for (const arg of core.args) {
        emitter.push(`${result} = ${emit(emitter, arg)}`)
        if (!arg.nullable) break
        emitter.push(`if (${result} !== null) break ${label}`)
      }
    })
  )
}
