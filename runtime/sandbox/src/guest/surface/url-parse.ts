// oxlint-disable no-control-regex -- the URL standard names control characters
/** A parsed URL, its parts serialised (WHATWG URL §4). */
export interface UrlParts {
  readonly scheme: string
  readonly isSpecial: boolean
  readonly username: string
  readonly password: string
  /** undefined: the URL has no authority. */
  readonly host: string | undefined
  /** "" for the scheme's own. */
  readonly port: string
  readonly path: string
  /** True when the path is opaque text ("mailto:a@b"). */
  readonly isOpaque: boolean
  readonly query: string | undefined
  readonly fragment: string | undefined
}

const defaultPorts: { readonly [scheme: string]: string } = {
  http: "80",
  https: "443",
  ws: "80",
  wss: "443",
  ftp: "21",
  file: ""
}
const schemePattern = /^([A-Za-z][A-Za-z0-9+.-]*):/
const forbiddenHost = /[\u0000-\u0020#%/:<>?@[\\\]^|\u007f]/

/** undefined when the text is not a URL, or relative without a base. */
export function parseUrl(text: string, base: UrlParts | undefined): UrlParts | undefined {
  const input = text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, "").replace(/[\t\n\r]/g, "")
  const hash = input.indexOf("#")
  const fragment =
    hash < 0 ? undefined : escape(input.slice(hash + 1), /[\u0000-\u0020"<>`\u007f-\u{10ffff}]/gu)
  const rest = hash < 0 ? input : input.slice(0, hash)
  const found = schemePattern.exec(rest)
  if (found === null)
    return base === undefined || base.isOpaque ? undefined : parseRelative(rest, base, fragment)
  const scheme = (found[1] ?? "").toLowerCase()
  const isSpecial = Object.hasOwn(defaultPorts, scheme)
  const after = rest.slice(scheme.length + 1)
  if (isSpecial && base !== undefined && base.scheme === scheme && !/^[\\/]/.test(after))
    return parseRelative(after, base, fragment)
  return parseAbsolute(scheme, isSpecial, after, fragment)
}

function parseAbsolute(
  scheme: string,
  isSpecial: boolean,
  after: string,
  fragment: string | undefined
): UrlParts | undefined {
  const { before, query } = splitQuery(after, isSpecial)
  const slashed = isSpecial ? before.replaceAll("\\", "/") : before
  const blank = { scheme, isSpecial, username: "", password: "", host: undefined, port: "", query, fragment }
  if (!isSpecial && !slashed.startsWith("//")) {
    if (slashed.startsWith("/")) return { ...blank, path: normalise(slashed), isOpaque: false }
    return { ...blank, path: escape(slashed, /[\u0000-\u001f\u007f-\u{10ffff}]/gu), isOpaque: true }
  }
  const body = slashed.replace(isSpecial ? /^\/*/ : /^\/\//, "")
  if (scheme === "file") return { ...blank, host: "", path: normalise("/" + body), isOpaque: false }
  const slash = body.indexOf("/")
  const authority = parseAuthority(slash < 0 ? body : body.slice(0, slash), scheme, isSpecial)
  if (authority === undefined) return undefined
  const path = slash < 0 ? (isSpecial ? "/" : "") : normalise(body.slice(slash))
  return { ...blank, ...authority, path, isOpaque: false }
}

function parseRelative(text: string, base: UrlParts, fragment: string | undefined): UrlParts | undefined {
  const { before, query } = splitQuery(text, base.isSpecial)
  const path = base.isSpecial ? before.replaceAll("\\", "/") : before
  if (path.startsWith("//")) return parseAbsolute(base.scheme, base.isSpecial, text, fragment)
  if (path === "") return { ...base, query: query ?? base.query, fragment }
  const whole = path.startsWith("/") ? path : base.path.slice(0, base.path.lastIndexOf("/") + 1) + path
  return { ...base, path: normalise(whole.startsWith("/") ? whole : "/" + whole), query, fragment }
}

function splitQuery(
  text: string,
  isSpecial: boolean
): { readonly before: string; readonly query: string | undefined } {
  const at = text.indexOf("?")
  if (at < 0) return { before: text, query: undefined }
  const pattern = isSpecial
    ? /[\u0000-\u0020"#'<>\u007f-\u{10ffff}]/gu
    : /[\u0000-\u0020"#<>\u007f-\u{10ffff}]/gu
  return { before: text.slice(0, at), query: escape(text.slice(at + 1), pattern) }
}

interface Authority {
  readonly username: string
  readonly password: string
  readonly host: string
  readonly port: string
}

function parseAuthority(text: string, scheme: string, isSpecial: boolean): Authority | undefined {
  const at = text.lastIndexOf("@")
  const user = at < 0 ? "" : text.slice(0, at)
  const colon = user.indexOf(":")
  const found = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/.exec(text.slice(at + 1))
  if (found === null) return undefined
  const host = parseHost(found[1] ?? "", isSpecial)
  const port = found[2] ?? ""
  if (host === undefined || (host === "" && isSpecial) || (port !== "" && Number(port) > 65_535))
    return undefined
  const escapeUser = (part: string): string =>
    escape(part, /[\u0000-\u0020"#<>?`{}/:;=@[\\\]^|\u007f-\u{10ffff}]/gu)
  return {
    username: escapeUser(colon < 0 ? user : user.slice(0, colon)),
    password: colon < 0 ? "" : escapeUser(user.slice(colon + 1)),
    host,
    port: port === "" || String(Number(port)) === defaultPorts[scheme] ? "" : String(Number(port))
  }
}

function parseHost(text: string, isSpecial: boolean): string | undefined {
  if (text.startsWith("[")) return /^\[[0-9a-fA-F:.]+\]$/.test(text) ? text.toLowerCase() : undefined
  if (!isSpecial)
    return forbiddenHost.test(text.replaceAll("%", "")) ? undefined : escape(text, /[\u0080-\u{10ffff}]/gu)
  let host: string
  try {
    host = decodeURIComponent(text).toLowerCase()
  } catch {
    return undefined
  }
  // Names beyond ASCII need tables that are not here.
  if (forbiddenHost.test(host) || /[^\u0000-\u007f]/.test(host)) return undefined
  const last = host.replace(/\.$/, "").split(".").at(-1) ?? ""
  return /^(?:[0-9]+|0x[0-9a-f]*)$/.test(last) ? parseIpv4(host) : host
}

/** WHATWG URL §3.5 "IPv4 parser": parts may be decimal, octal or hexadecimal, and the last may stand for several. */
function parseIpv4(host: string): string | undefined {
  const parts = host.replace(/\.$/, "").split(".")
  if (parts.length > 4) return undefined
  const numbers = parts.map((part) =>
    /^0x[0-9a-f]*$/.test(part)
      ? parseInt(part.slice(2) || "0", 16)
      : /^0[0-7]+$/.test(part)
        ? parseInt(part, 8)
        : /^[0-9]+$/.test(part) && !/^0./.test(part)
          ? Number(part)
          : NaN
  )
  const last = numbers.at(-1) ?? NaN
  if (
    numbers.some(Number.isNaN) ||
    numbers.slice(0, -1).some((n) => n > 255) ||
    last >= 256 ** (5 - numbers.length)
  )
    return undefined
  let address = last
  numbers.slice(0, -1).forEach((n, place) => {
    address += n * 256 ** (3 - place)
  })
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")
}

function normalise(path: string): string {
  const out: string[] = []
  const segments = path.split("/").slice(1)
  segments.forEach((segment, place) => {
    const plain = segment.toLowerCase().replaceAll("%2e", ".")
    const isLast = place === segments.length - 1
    if (plain === "..") {
      out.pop()
      if (isLast) out.push("")
    } else if (plain === ".") {
      if (isLast) out.push("")
    } else {
      out.push(escape(segment, /[\u0000-\u0020"#<>?`{}^\u007f-\u{10ffff}]/gu))
    }
  })
  return "/" + out.join("/")
}

function escape(text: string, pattern: RegExp): string {
  return text
    .toWellFormed()
    .replace(pattern, (character) =>
      encodeURIComponent(character).replace(
        /^[^%]$/,
        (plain) => "%" + plain.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")
      )
    )
}

export function printUrl(parts: UrlParts): string {
  const user =
    parts.username === "" && parts.password === ""
      ? ""
      : parts.username + (parts.password === "" ? "" : ":" + parts.password) + "@"
  const authority =
    parts.host === undefined ? "" : `//${user}${parts.host}${parts.port === "" ? "" : ":" + parts.port}`
  const query = parts.query === undefined ? "" : "?" + parts.query
  const fragment = parts.fragment === undefined ? "" : "#" + parts.fragment
  return `${parts.scheme}:${authority}${parts.path}${query}${fragment}`
}
