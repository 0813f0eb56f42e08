/**
 * Collects the parts of a generated codec text. INVARIANT: whatever comes from a schema enters the text through
 * {@link literal} or {@link propertyKey}, never as it is: names and symbols are foreign text.
 */
export class CodeBuilder {
  private readonly constants = new Map<string, string>()
  private readonly used = new Set<string>()
  private readonly functions: string[] = []
  private names = 0

  /** A name that nothing else in the text has. */
  name(prefix: string): string {
    this.names += 1
    return prefix + this.names
  }

  /** A constant of the text, the same for the same expression. */
  constant(expression: string): string {
    const known = this.constants.get(expression)
    if (known !== undefined) return known
    const name = this.name("k")
    this.constants.set(expression, name)
    return name
  }

  /** A function of the codec runtime, bound to its own name. */
  use(name: string): string {
    this.used.add(name)
    return name
  }

  define(text: string): void {
    this.functions.push(text)
  }

  /** The whole text: a function of the codec runtime that answers the object with these members. */
  text(members: string): string {
    const bindings = [...this.used].sort().map((name) => `const ${name} = rt.${name}`)
    const constants = [...this.constants].map(([expression, name]) => `const ${name} = ${expression}`)
    const parts = [
      "(rt) => {",
      '"use strict"',
      ...bindings,
      ...constants,
      ...this.functions,
      `return {${members}}`,
      "}"
    ]
    return parts.join("\n")
  }
}

/** A value as JavaScript text; JSON is a subset of it. */
export function literal(value: string | number | boolean | null | readonly unknown[] | object): string {
  return JSON.stringify(value)
}

/** A property's name in an object literal. Plain `"__proto__": x` would set the prototype. */
export function propertyKey(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : JSON.stringify(name)
}

/** Names that every object inherits: reading them must ask for an own property. */
const inherited: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** The expression that reads a property that may be absent. */
export function propertyOf(code: CodeBuilder, object: string, name: string): string {
  if (inherited.has(name)) return `${code.use("ownProperty")}(${object}, ${literal(name)})`
  return `${object}[${literal(name)}]`
}

/** An object without a prototype as an expression. */
export function tableOf(code: CodeBuilder, entries: readonly (readonly [string, unknown])[]): string {
  return code.constant(`${code.use("mapOf")}(${literal(entries)})`)
}
