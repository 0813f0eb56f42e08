import type { Answer, StageReport } from "./messages.ts"
import { isCount, isPlainObject, ownOf, parseBoundedJson } from "./safe-json.ts"
import { areaBytes, maxControlBytes, maxSections } from "./shared-layout.ts"

/** What a sandbox process said, checked; undefined when it is not an answer: the process is then killed. */
export function decodeAnswer(text: string): Answer | undefined {
  const value = parseBoundedJson(text, maxControlBytes)
  if (!isPlainObject(value)) return undefined
  switch (ownOf(value, "is")) {
    case "ok":
      return { is: "ok" }
    case "rested":
      return decodeRested(value)
    case "text":
      return decodeText(value)
    case "wait":
      return decodeWait(value)
    case "done":
      return decodeDone(value)
    case "overflow":
      return decodeStage(value, (stage) => ({ is: "overflow", stage }))
    case "failed":
      return decodeFailed(value)
    case "stopped":
      return decodeStopped(value)
    case "evicted":
      return decodeEvicted(value)
    default:
      return undefined
  }
}

type Fields = { readonly [name: string]: unknown }

function decodeRested(value: Fields): Answer | undefined {
  const isMore = ownOf(value, "isMore")
  return typeof isMore === "boolean" ? { is: "rested", isMore } : undefined
}

function decodeText(value: Fields): Answer | undefined {
  const text = ownOf(value, "text")
  return typeof text === "string" ? { is: "text", text } : undefined
}

function decodeWait(value: Fields): Answer | undefined {
  const requests = ownOf(value, "requests")
  const sections = decodeSections(ownOf(value, "sections"))
  if (typeof requests !== "string" || sections === undefined) return undefined
  return decodeStage(value, (stage) => ({ is: "wait", stage, requests, sections }))
}

function decodeDone(value: Fields): Answer | undefined {
  const sections = decodeSections(ownOf(value, "sections"))
  const stages = ownOf(value, "stages")
  if (sections === undefined || !Array.isArray(stages) || stages.length > 1000) return undefined
  const places = decodePlaces(ownOf(value, "places"), sections)
  if (places === undefined) return undefined
  const decoded: StageReport[] = []
  for (const stage of stages) {
    const one = decodeStageReport(stage, sections.length)
    if (one === undefined) return undefined
    decoded.push(one)
  }
  return { is: "done", stages: decoded, sections, places }
}

function decodeStageReport(stage: unknown, sections: number): StageReport | undefined {
  if (!isPlainObject(stage)) return undefined
  const report = ownOf(stage, "report")
  const cpuMicros = ownOf(stage, "cpuMicros")
  const frames = ownOf(stage, "frames")
  if (report === undefined || !isCount(cpuMicros) || !Array.isArray(frames) || frames.length > maxSections)
    return undefined
  const places: number[] = []
  for (const place of frames) {
    if (place !== -1 && !(isCount(place) && place < sections)) return undefined
    places.push(place)
  }
  return { report, cpuMicros, frames: places }
}

function decodeStage(value: Fields, make: (stage: number) => Answer): Answer | undefined {
  const stage = ownOf(value, "stage")
  return isCount(stage) && stage < 1000 ? make(stage) : undefined
}

function decodeFailed(value: Fields): Answer | undefined {
  const failure = ownOf(value, "failure")
  return typeof failure === "string"
    ? decodeStage(value, (stage) => ({ is: "failed", stage, failure }))
    : undefined
}

function decodeStopped(value: Fields): Answer | undefined {
  const reason = ownOf(value, "reason")
  const message = ownOf(value, "message")
  const lost = decodeLost(value)
  if (lost === undefined || typeof message !== "string") return undefined
  if (reason !== "deadline" && reason !== "memory" && reason !== "broken") return undefined
  return decodeStage(value, (stage) => ({ is: "stopped", reason, stage, message, lost }))
}

function decodeEvicted(value: Fields): Answer | undefined {
  const alone = ownOf(value, "alone")
  const lost = decodeLost(value)
  if (lost === undefined || !(alone === -1 || isCount(alone))) return undefined
  return { is: "evicted", lost, alone }
}

/** Numbers of segments. */
function decodeLost(value: Fields): readonly number[] | undefined {
  const lost = ownOf(value, "lost")
  return Array.isArray(lost) && lost.length <= maxSections && lost.every(isCount) ? lost : undefined
}

/** Lengths of sections that all lie in the process's area. */
function decodeSections(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length > maxSections) return undefined
  const lengths: number[] = []
  let total = 0
  for (const length of value) {
    if (!isCount(length)) return undefined
    total += length
    lengths.push(length)
  }
  return total <= areaBytes ? lengths : undefined
}

/** Places of sections within the question's area. */
function decodePlaces(value: unknown, sections: readonly number[]): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length > sections.length) return undefined
  const places: number[] = []
  for (const [number, place] of value.entries()) {
    if (place !== -1 && !(isCount(place) && place + (sections[number] ?? 0) <= areaBytes)) return undefined
    places.push(place)
  }
  return places
}
