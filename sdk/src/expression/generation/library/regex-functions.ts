import { libraryFunction, type Library } from "./library-function.ts"

/**
 * A Pike machine: every character of the text is looked at once by at most as many threads as the pattern has instructions, so
 * no pattern and no text takes more than linear time. Leftmost match, alternatives in the order of the pattern, as in Java.
 */
export const regexFunctions: Library = {
  // The program of pattern/regex-program.ts, with a table of each set's ASCII and room for the machine.
  regexProgram: libraryFunction(
    `
function regexProgram(json) {
  const program = JSON.parse(json)
  const count = program.code.length / 3
  const ascii = program.sets.map((set) => {
    const table = new Uint8Array(128)
    for (let point = 0; point < 128; point++) table[point] = inPoints(set, point) ? 1 : 0
    return table
  })
  return { ...program, ascii, count, marks: new Int32Array(count), stamp: 0 }
}`,
    "inPoints"
  ),
  inPoints: libraryFunction(`
function inPoints(set, point) {
  let low = 0
  let high = set.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (point < set[2 * middle]) high = middle - 1
    else if (point > set[2 * middle + 1]) low = middle + 1
    else return true
  }
  return false
}`),
  isWordAt: libraryFunction(
    `const isWordAt = (text, at) => at >= 0 && at < text.length && /\\w/.test(text[at])`
  ),
  isLineEnd: libraryFunction(
    `const isLineEnd = (character) => character === "\\n" || character === "\\r" || character === "\\u2028" || character === "\\u2029"`
  ),
  regexTestAt: libraryFunction(
    `
function regexTestAt(test, text, at) {
  if (test === 0) return at === 0
  if (test === 1) return at === text.length
  if (test === 2) return at === 0 || isLineEnd(text[at - 1])
  if (test === 3) return at === text.length || isLineEnd(text[at])
  return (isWordAt(text, at - 1) !== isWordAt(text, at)) === (test === 4)
}`,
    "isWordAt",
    "isLineEnd"
  ),
  // Follows what takes no character, the preferred way first, and leaves the threads that wait for one.
  regexFollow: libraryFunction(
    `
function regexFollow(program, text, at, from, slots, places, threads, kept) {
  const { code, marks, stamp } = program
  const stack = [from]
  const held = [places]
  while (stack.length > 0) {
    const pc = stack.pop()
    let saved = held.pop()
    if (marks[pc] === stamp) continue
    marks[pc] = stamp
    const operation = code[3 * pc]
    if (operation === 2) {
      stack.push(code[3 * pc + 2], code[3 * pc + 1])
      held.push(saved, saved)
    } else if (operation === 3) {
      stack.push(code[3 * pc + 1])
      held.push(saved)
    } else if (operation === 4) {
      const slot = code[3 * pc + 1]
      if (slot < slots) {
        saved = saved.slice()
        saved[slot] = at
      }
      stack.push(pc + 1)
      held.push(saved)
    } else if (operation === 5) {
      if (!regexTestAt(code[3 * pc + 1], text, at)) continue
      stack.push(pc + 1)
      held.push(saved)
    } else {
      threads.push(pc)
      kept.push(saved)
    }
  }
}`,
    "regexTestAt"
  ),
  // The places of the leftmost match at or after from: start, end, then of each group, -1 where it took no part; null without a match.
  regexRun: libraryFunction(
    `
function regexRun(program, text, from, slots) {
  const { code, ascii, sets, prefix, anchored } = program
  const none = new Array(slots).fill(-1)
  let threads = [], kept = [], found = null, at = from
  program.stamp = (program.stamp + 1) | 0
  for (;;) {
    if (threads.length === 0) {
      if (found !== null || (anchored && at > 0)) return found
      if (prefix !== "") at = text.indexOf(prefix, at)
      if (at < 0) return null
    }
    if (found === null && !(anchored && at > 0)) regexFollow(program, text, at, 0, slots, none, threads, kept)
    const point = at < text.length ? text.codePointAt(at) : -1
    const next = at + (point > 0xffff ? 2 : 1)
    const after = [], afterKept = []
    program.stamp = (program.stamp + 1) | 0
    for (let index = 0; index < threads.length; index++) {
      const pc = threads[index]
      const operation = code[3 * pc]
      if (operation === 6) {
        found = kept[index]
        if (slots === 0) return found
        break
      }
      const operand = code[3 * pc + 1]
      const fits = point >= 0 && (operation === 0 ? point === operand : point < 128 ? ascii[operand][point] === 1 : inPoints(sets[operand], point))
      if (fits) regexFollow(program, text, next, pc + 1, slots, kept[index], after, afterKept)
    }
    if (point < 0) return found
    at = next
    threads = after
    kept = afterKept
  }
}`,
    "regexFollow",
    "inPoints"
  ),
  regexMatches: libraryFunction(
    `const regexMatches = (program, text) => regexRun(program, text, 0, 0) !== null`,
    "regexRun"
  ),
  regexExtract: libraryFunction(
    `
function regexExtract(program, text, group) {
  if (group < 0 || group > program.groups) return null
  const match = regexRun(program, text, 0, 2 * group + 2)
  return match === null || match[2 * group] < 0 ? null : text.slice(match[2 * group], match[2 * group + 1])
}`,
    "regexRun"
  ),
  // Calls use for every match, as Java's Matcher.find: after an empty match the search goes on one character later.
  regexEach: libraryFunction(
    `
function regexEach(program, text, slots, use) {
  let from = 0
  while (from <= text.length) {
    const match = regexRun(program, text, from, slots)
    if (match === null) return
    use(match)
    const [start, end] = match
    from = end > start ? end : end + (text.codePointAt(end) > 0xffff ? 2 : 1)
  }
}`,
    "regexRun"
  ),
  regexExtractAll: libraryFunction(
    `
function regexExtractAll(program, text, group) {
  const list = []
  if (group < 0 || group > program.groups) return null
  regexEach(program, text, 2 * group + 2, (match) => {
    if (match[2 * group] >= 0) list.push(text.slice(match[2 * group], match[2 * group + 1]))
  })
  return list
}`,
    "regexEach"
  ),
  regexFirst: libraryFunction(
    `const regexFirst = (program, text) => regexExtract(program, text, 0)`,
    "regexExtract"
  ),
  regexCount: libraryFunction(
    `
function regexCount(program, text) {
  let count = 0
  regexEach(program, text, 2, () => count++)
  return count
}`,
    "regexEach"
  ),
  regexPosition: libraryFunction(
    `
function regexPosition(program, text) {
  const match = regexRun(program, text, 0, 2)
  return match === null ? 0 : textLength(text.slice(0, match[0])) + 1
}`,
    "regexRun",
    "textLength"
  ),
  regexReplace: libraryFunction(
    `
function regexReplace(program, text, replacement, at) {
  const parts = regexReplacement(replacement, program.groups, at)
  const slots = 2 * program.groups + 2
  let result = ""
  let from = 0
  regexEach(program, text, parts.some((part) => typeof part === "number") ? slots : 2, (match) => {
    result += text.slice(from, match[0])
    for (const part of parts) {
      if (typeof part === "string") result += part
      else if (match[2 * part] >= 0) result += text.slice(match[2 * part], match[2 * part + 1])
    }
    checkLength(result.length, at)
    from = match[1]
  })
  return result + text.slice(from)
}`,
    "regexReplacement",
    "regexEach",
    "checkLength"
  ),
  // $1 is a group, as many digits as there are groups for; a backslash takes the next character as it is.
  regexReplacement: libraryFunction(
    `
function regexReplacement(text, groups, at) {
  const parts = [""]
  const add = (piece) => typeof parts[parts.length - 1] === "string" ? parts[parts.length - 1] += piece : parts.push(piece)
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "\\\\") {
      index++
      if (index >= text.length) fail("EXPRESSION_ARGUMENT", at, "the replacement ends with a backslash")
      add(text[index])
    } else if (text[index] === "$") {
      let group = -1
      while (/[0-9]/.test(text[index + 1] ?? "")) {
        const longer = Math.max(group, 0) * 10 + Number(text[index + 1])
        if (group >= 0 && longer > groups) break
        group = longer
        index++
      }
      if (group < 0 || group > groups) fail("EXPRESSION_ARGUMENT", at, "in a replacement $ names a group of the pattern; the character is written \\\\\\\\$")
      parts.push(group)
    } else add(text[index])
  }
  return parts
}`,
    "fail"
  )
}
