import type { Draw } from "./draw.ts"
import { firstId, lastPerson, type Moment } from "./ids.ts"
import { type Letters, wordOf } from "./text.ts"

const averageSize = 200

const firstNames = "Peter,Paul,Luke,John,Saul,Vicky,Kate,Julie,Sarah,Deiter,Walter".split(",")
const lastNames = "Shultz,Abrams,Spencer,White,Bartels,Walton,Smith,Jones,Noris".split(",")
const cities = "Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne".split(
  ","
)
const states = "AZ,CA,ID,OR,WA,WY".split(",")

/** A person of the generator. */
export interface PersonRow {
  readonly id: number
  readonly name: string
  readonly emailAddress: string
  readonly creditCard: string
  readonly city: string
  readonly state: string
  readonly dateTime: number
  readonly extra: string
}

export const personOf = (draw: Draw, letters: Letters, { dateTime, eventId }: Moment): PersonRow => {
  const name = `${oneOf(draw, firstNames)} ${oneOf(draw, lastNames)}`
  const emailAddress = `${wordOf(draw, 7)}@${wordOf(draw, 5)}.com`
  const creditCard = `${fourDigits(draw)} ${fourDigits(draw)} ${fourDigits(draw)} ${fourDigits(draw)}`
  const city = oneOf(draw, cities)
  const state = oneOf(draw, states)
  const size = 8 + name.length + emailAddress.length + creditCard.length + city.length + state.length
  return {
    id: lastPerson(eventId) + firstId,
    name,
    emailAddress,
    creditCard,
    city,
    state,
    dateTime,
    extra: letters.padding(draw, size, averageSize)
  }
}

const oneOf = (draw: Draw, list: readonly string[]): string => list[draw.below(list.length)] ?? ""

const fourDigits = (draw: Draw): string => String(draw.below(10_000)).padStart(4, "0")
