import { unqualified } from "../../avro/parse/name.ts"

/** What the generated module uses itself, and what TypeScript does not take as the name of a type, a class or a constant. */
const taken: ReadonlySet<string> = new Set(
  `Schema Avro Contract Uint8Array ReadonlyArray
   Object Array String Number Boolean BigInt Symbol Function Date Map Set Promise Error RegExp Infinity NaN undefined globalThis
   abstract any as asserts async await bigint boolean break case catch class const continue debugger declare default delete do
   else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof
   let module namespace never new null number object of package private protected public readonly require return set static
   string super switch symbol this throw true try type typeof unique unknown using var void while with yield arguments eval`
    .split(/\s+/)
    .filter((word) => word !== "")
)

/** Gives names that are free: in Pascal case, as types are called, each once. */
export class Identifiers {
  private readonly given = new Set<string>()

  /** The name itself when it is free, for one that was asked for. */
  take(name: string): string {
    let free = taken.has(name) ? `${name}Type` : name
    for (let number = 2; this.given.has(free); number++) free = `${name}${number}`
    this.given.add(free)
    return free
  }

  /** For a type's full name in Avro, or a subject. */
  forName(fullName: string): string {
    return this.take(pascalCase(unqualified(fullName)))
  }
}

/** `director-counts` and `director_counts` are DirectorCounts; what has no letter is called Type. */
export const pascalCase = (text: string): string => {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "")
  const joined = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join("")
  return /^[A-Za-z]/.test(joined) ? joined : `Type${joined}`
}

/** Whether a name can be that of the class of a contract. */
export const isClassName = (name: string): boolean =>
  /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) && !taken.has(name)
