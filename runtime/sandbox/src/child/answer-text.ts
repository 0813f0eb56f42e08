import type { Answer } from "../protocol/messages.ts"

/** An answer as JSON text. A stage's report is JSON that the harness wrote, and stands in it as it is: it is parsed once, by the worker. */
export function answerText(answer: Answer): string {
  if (answer.is !== "done") return JSON.stringify(answer)
  let stages = ""
  for (const { cpuMicros, frames, report } of answer.stages) {
    const one = `{"cpuMicros":${cpuMicros},"frames":[${frames.join(",")}],"report":${String(report)}}`
    stages = stages === "" ? one : `${stages},${one}`
  }
  return `{"is":"done","stages":[${stages}],"sections":[${answer.sections.join(",")}],"places":[${answer.places.join(",")}]}`
}
