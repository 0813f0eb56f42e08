import { libraryFunction, type Library } from "./library-function.ts"

/** Addresses, by RFC 3986's appendix B, and the form encoding of java.net.URLEncoder. */
export const urlFunctions: Library = {
  parseUrl: libraryFunction(`
function parseUrl(url, part, key) {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\\/\\/([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#([^]*))?$/.exec(url)
  if (match === null) return null
  const [, protocol, authority, path, query, reference] = match
  if (key !== undefined) return part === "QUERY" ? queryValue(query ?? "", key) : null
  const user = authority === undefined ? -1 : authority.lastIndexOf("@")
  if (part === "PROTOCOL") return protocol
  if (part === "AUTHORITY") return authority ?? null
  if (part === "USERINFO") return user < 0 ? null : authority.slice(0, user)
  if (part === "HOST") return authority === undefined ? null : authority.slice(user + 1).replace(/:[0-9]*$/, "")
  if (part === "PATH") return path
  if (part === "FILE") return query === undefined ? path : path + "?" + query
  if (part === "QUERY") return query ?? null
  return part === "REF" ? reference ?? null : null
}
function queryValue(query, key) {
  const pair = query.split("&").find((text) => text.startsWith(key + "="))
  return pair === undefined ? null : pair.slice(key.length + 1)
}`),
  urlEncode: libraryFunction(`
function urlEncode(text) {
  return encodeURIComponent(text.toWellFormed()).replace(/%20/g, "+").replace(/[!'()~]/g, (character) => "%" + character.charCodeAt(0).toString(16).toUpperCase())
}`),
  urlDecode: libraryFunction(`
function urlDecode(text) {
  try {
    return decodeURIComponent(text.replace(/\\+/g, "%20"))
  } catch {
    return null
  }
}`)
}
