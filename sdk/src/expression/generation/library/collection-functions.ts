import { libraryFunction, type Library } from "./library-function.ts"

/** Arrays hold values as the row does: a DECIMAL as its text. `same` and `order` compare elements of one type, none NULL. */
export const collectionFunctions: Library = {
  compareDecimalText: libraryFunction(`
function compareDecimalText(a, b) {
  const x = BigInt(a.replace(".", "")), y = BigInt(b.replace(".", ""))
  return x < y ? -1 : x > y ? 1 : 0
}`),
  sameItem: libraryFunction(
    `const sameItem = (order, a, b) => a === null || b === null ? a === b : order(a, b) === 0`
  ),
  // What a Map can hold in place of the value: equal keys for equal values.
  itemKey: libraryFunction(`
function itemKey(value) {
  if (typeof value === "number") return value + 0
  return value instanceof Uint8Array ? "b" + value.join() : value
}`),
  makeArray: libraryFunction(`const makeArray = (...items) => items`),
  makeMap: libraryFunction(
    `
function makeMap(at, ...entries) {
  const map = Object.create(null)
  for (let index = 0; index < entries.length; index += 2) {
    if (entries[index] === null) fail("EXPRESSION_ARGUMENT", at, "a key of MAP is NULL")
    map[entries[index]] = entries[index + 1]
  }
  return map
}`,
    "fail"
  ),
  arrayElement: libraryFunction(
    `
function arrayElement(list, at) {
  if (list.length > 1) fail("EXPRESSION_ARGUMENT", at, "ELEMENT needs an array of one element, here " + list.length)
  return list.length === 0 ? null : list[0]
}`,
    "fail"
  ),
  arrayPlace: libraryFunction(
    `
function arrayPlace(order, list, value) {
  for (let index = 0; index < list.length; index++) if (sameItem(order, list[index], value)) return index + 1
  return 0
}`,
    "sameItem"
  ),
  arrayContains: libraryFunction(
    `const arrayContains = (order, list, value) => list === null ? null : arrayPlace(order, list, value) > 0`,
    "arrayPlace"
  ),
  arrayRemove: libraryFunction(
    `const arrayRemove = (order, list, value) => list === null ? null : list.filter((item) => !sameItem(order, item, value))`,
    "sameItem"
  ),
  arrayAppend: libraryFunction(
    `const arrayAppend = (list, value) => list === null ? null : [...list, value]`
  ),
  arrayPrepend: libraryFunction(
    `const arrayPrepend = (list, value) => list === null ? null : [value, ...list]`
  ),
  arrayReverse: libraryFunction(`const arrayReverse = (list) => [...list].reverse()`),
  arrayDistinct: libraryFunction(
    `
function arrayDistinct(list) {
  const seen = new Set()
  return list.filter((item) => {
    const key = itemKey(item)
    return seen.has(key) ? false : (seen.add(key), true)
  })
}`,
    "itemKey"
  ),
  arrayUnion: libraryFunction(
    `const arrayUnion = (list, other) => arrayDistinct([...list, ...other])`,
    "arrayDistinct"
  ),
  arrayIntersect: libraryFunction(
    `
function arrayIntersect(list, other) {
  const keys = new Set(other.map(itemKey))
  return arrayDistinct(list.filter((item) => keys.has(itemKey(item))))
}`,
    "arrayDistinct",
    "itemKey"
  ),
  // Each element of the other takes one away.
  arrayExcept: libraryFunction(
    `
function arrayExcept(list, other) {
  const counts = new Map()
  for (const item of other) counts.set(itemKey(item), (counts.get(itemKey(item)) ?? 0) + 1)
  return list.filter((item) => {
    const left = counts.get(itemKey(item)) ?? 0
    counts.set(itemKey(item), left - 1)
    return left <= 0
  })
}`,
    "itemKey"
  ),
  arrayConcat: libraryFunction(`const arrayConcat = (...lists) => lists.flat()`),
  arraySlice: libraryFunction(`
function arraySlice(list, from, to) {
  const start = from > 0 ? from - 1 : from < 0 ? Math.max(0, list.length + from) : 0
  const end = to === null ? list.length : to < 0 ? list.length + to + 1 : to
  return end <= start ? [] : list.slice(start, end)
}`),
  arraySort: libraryFunction(`
function arraySort(order, list, ascending, nullsFirst) {
  const present = list.filter((item) => item !== null).sort((a, b) => ascending ? order(a, b) : order(b, a))
  const nulls = list.filter((item) => item === null)
  return nullsFirst ?? ascending ? [...nulls, ...present] : [...present, ...nulls]
}`),
  arrayExtreme: libraryFunction(`
function arrayExtreme(order, list, sign) {
  let best = null
  for (const item of list) if (item !== null && (best === null || order(item, best) * sign > 0)) best = item
  return best
}`),
  arrayJoin: libraryFunction(
    `
function arrayJoin(list, separator, missing, at) {
  const parts = missing === null ? list.filter((item) => item !== null) : list.map((item) => item ?? missing)
  checkLength(parts.reduce((sum, part) => sum + part.length + separator.length, 0), at)
  return parts.join(separator)
}`,
    "checkLength"
  ),
  mapKeys: libraryFunction(`const mapKeys = (map) => Object.keys(map)`),
  mapValues: libraryFunction(`const mapValues = (map) => Object.values(map)`),
  mapUnion: libraryFunction(`const mapUnion = (...maps) => Object.assign(Object.create(null), ...maps)`),
  mapFromArrays: libraryFunction(
    `
function mapFromArrays(keys, values, at) {
  if (keys.length !== values.length) fail("EXPRESSION_ARGUMENT", at, "MAP_FROM_ARRAYS needs as many values as keys")
  return makeMap(at, ...keys.flatMap((key, index) => [key, values[index]]))
}`,
    "makeMap",
    "fail"
  ),
  textToMap: libraryFunction(`
function textToMap(text, pairs, separator) {
  const map = Object.create(null)
  for (const pair of pairs === "" ? [text] : text.split(pairs)) {
    const at = separator === "" ? -1 : pair.indexOf(separator)
    map[at < 0 ? pair : pair.slice(0, at)] = at < 0 ? null : pair.slice(at + separator.length)
  }
  return map
}`)
}
