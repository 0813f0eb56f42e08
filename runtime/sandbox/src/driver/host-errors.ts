// oxlint-disable no-control-regex -- control characters are what is taken out
import { stripVTControlCharacters } from "node:util"

const maxLength = 2000

/**
 * Text of an error that may cross between worker and guest, or be shown: one line, without terminal codes, file paths,
 * or the user part of a URL.
 */
export function sanitizeText(text: string): string {
  return stripVTControlCharacters(text)
    .slice(0, maxLength)
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, " ")
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, "$1***@")
    .replace(/(?:file:\/\/|(?<![\w:/.]))(?:\/[\w.@+-]+){2,}(?::\d+)*/g, "(path)")
    .trim()
}
