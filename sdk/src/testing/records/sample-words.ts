import type { SampleRandom } from "./sample-random.ts"

type Words = readonly [string, ...string[]]

const firstNames: Words = [
  "Ada",
  "Bruno",
  "Chiara",
  "Deniz",
  "Elif",
  "Femi",
  "Grace",
  "Hana",
  "Iván",
  "Jonas",
  "Kenji",
  "Léa"
]
const lastNames: Words = [
  "Adeyemi",
  "Brandt",
  "Costa",
  "Dubois",
  "Eriksen",
  "Fischer",
  "García",
  "Haddad",
  "Ito",
  "Jansen",
  "Kowalski",
  "Lovelace"
]
const titles: Words = [
  "The Long Harbour",
  "Brazil",
  "Night Train",
  "Winter Light",
  "A Quiet Orbit",
  "Paper Moons",
  "The Ninth Gate",
  "Salt",
  "Northbound",
  "Glass Rivers"
]
const cities: Words = [
  "Amsterdam",
  "Bergen",
  "Berlin",
  "Lagos",
  "Lisbon",
  "Milan",
  "Osaka",
  "Quito",
  "Toronto",
  "Zürich"
]
const countries: Words = ["BR", "DE", "FR", "IT", "JP", "NG", "NL", "NO", "PT", "US"]
const currencies: Words = ["EUR", "USD", "GBP", "JPY", "CHF"]
const companies: Words = ["Acme", "Blue Pine", "Corvid", "Dunmore", "Eastgate", "Fathom"]
const statuses: Words = ["new", "active", "paused", "done"]
const categories: Words = ["books", "garden", "kitchen", "music", "sport", "toys"]
const colours: Words = ["black", "blue", "green", "red", "white"]
const words: Words = [
  "amber",
  "basin",
  "cedar",
  "drift",
  "ember",
  "fjord",
  "grove",
  "hollow",
  "inlet",
  "juniper"
]
const languages: Words = ["de", "en", "es", "fr", "it", "ja"]

/** The parts of a field's name, lower case: `customerId`, `customer_id` and `Customer ID` are `customer`, `id`. */
export const nameParts = (field: string): readonly string[] =>
  field
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== "")

/** A text that a field of this name could hold in the record at `index`: a record's own ids go up. */
export const sampleText = (field: string, { record, index }: SamplePlace, random: SampleRandom): string => {
  const parts = nameParts(field)
  if (isOwnId(parts, record))
    return parts.length === 1 ? String(index + 1) : `${parts[0]?.slice(0, 4)}-${index + 1}`
  const of = makers.find(({ names }) => names.some((name) => parts.includes(name)))
  return of === undefined ? `${random.pick(words)} ${random.pick(words)}` : of.make(random, index, parts)
}

/** Where a value stands: in which record type, and which record of the sample. */
export interface SamplePlace {
  readonly record: string
  readonly index: number
}

/** `id`, or `orderId` in a record named Order or orders. */
export const isOwnId = (parts: readonly string[], record: string): boolean => {
  const [owner = "", end] = parts
  if (parts.length === 1) return owner === "id" || owner === "key"
  const name = record.slice(record.lastIndexOf(".") + 1).toLowerCase()
  return parts.length === 2 && end === "id" && (name === owner || name === `${owner}s`)
}

interface Maker {
  readonly names: readonly string[]
  readonly make: (random: SampleRandom, index: number, parts: readonly string[]) => string
}

const person = (random: SampleRandom): string => `${random.pick(firstNames)} ${random.pick(lastNames)}`
const slug = (text: string): string =>
  text
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "")
const among = (options: Words) => (random: SampleRandom) => random.pick(options)
const ipOf = (random: SampleRandom): string =>
  // 192.0.2.0/24 is kept for documentation (RFC 5737).
  `192.0.2.${random.between(1, 254)}`

/** The first that fits counts: `customerEmail` is an address, not a person. */
const makers: readonly Maker[] = [
  { names: ["email", "mail"], make: (random) => `${slug(person(random))}@example.com` },
  {
    names: ["url", "uri", "link", "website", "href"],
    make: (random) => `https://example.com/${random.pick(words)}`
  },
  { names: ["ip"], make: ipOf },
  { names: ["phone", "mobile", "tel"], make: (random) => `+1 555 01${random.between(10, 99)}` },
  { names: ["currency"], make: among(currencies) },
  { names: ["country", "market"], make: among(countries) },
  { names: ["city", "town", "place", "location"], make: among(cities) },
  { names: ["language", "locale", "lang"], make: among(languages) },
  { names: ["status", "state", "phase"], make: among(statuses) },
  { names: ["category", "kind", "type", "genre", "topic", "department"], make: among(categories) },
  { names: ["colour", "color"], make: among(colours) },
  {
    names: ["company", "vendor", "supplier", "brand", "organisation", "organization"],
    make: among(companies)
  },
  {
    names: ["sku", "code", "reference", "ref", "number"],
    make: (random, index) => `${random.pick(words).slice(0, 2).toUpperCase()}-${1_000 + index}`
  },
  { names: ["id", "key", "identifier"], make: idOf },
  { names: ["title", "headline", "subject", "film", "movie", "product", "item"], make: among(titles) },
  { names: ["first", "given"], make: among(firstNames) },
  { names: ["last", "family", "surname"], make: among(lastNames) },
  {
    names: ["date", "day", "time", "at", "timestamp", "created", "updated"],
    make: (random) => new Date(sampleInstant(random)).toISOString()
  },
  {
    names: [
      "name",
      "director",
      "author",
      "customer",
      "user",
      "person",
      "owner",
      "artist",
      "actor",
      "buyer",
      "seller"
    ],
    make: person
  },
  { names: ["description", "note", "comment", "text", "message", "body", "summary"], make: sentence }
]

/** Few different ones, so that what an id points to comes again. */
function idOf(random: SampleRandom, _index: number, parts: readonly string[]): string {
  return `${(parts[0] ?? "id").slice(0, 4)}-${random.between(1, 20)}`
}

function sentence(random: SampleRandom): string {
  const text = Array.from({ length: random.between(3, 7) }, () => random.pick(words)).join(" ")
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

const start = Date.UTC(2026, 0, 1)

/** An instant of the year 2026, ms since 1970, whole seconds. */
export const sampleInstant = (random: SampleRandom): number => start + random.between(0, 365 * 86_400) * 1_000
