import { arrayFunctions } from "./array.ts"
import { conditionalFunctions } from "./conditional.ts"
import type { FunctionDefinition } from "./definition.ts"
import { encodingFunctions } from "./encoding.ts"
import { mapFunctions } from "./map.ts"
import { momentTextFunctions } from "./moment-text.ts"
import { momentFunctions } from "./moment.ts"
import { mathFunctions, numberFunctions } from "./number.ts"
import { regexFunctions } from "./regex.ts"
import { partFunctions } from "./temporal.ts"
import { searchFunctions } from "./text-search.ts"
import { textFunctions } from "./text.ts"

export interface FunctionFamily {
  readonly title: string
  readonly functions: readonly FunctionDefinition[]
}

/** Every function, by family, in the order of the reference. */
export const functionFamilies: readonly FunctionFamily[] = [
  { title: "Strings", functions: textFunctions },
  { title: "Looking into strings", functions: searchFunctions },
  { title: "Regular expressions", functions: regexFunctions },
  { title: "Bytes, digits and hashes", functions: encodingFunctions },
  { title: "Numbers", functions: numberFunctions },
  { title: "Mathematics", functions: mathFunctions },
  { title: "Choices and types", functions: conditionalFunctions },
  { title: "Dates and times", functions: [...momentFunctions, ...momentTextFunctions] },
  { title: "Parts of dates and times", functions: partFunctions },
  { title: "Arrays", functions: arrayFunctions },
  { title: "Maps and sizes", functions: mapFunctions }
]
