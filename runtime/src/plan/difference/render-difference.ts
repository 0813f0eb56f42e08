import type { Aspect, NodeChange, PlanDifference } from "./diff-plans.ts"

/** A line of a rendered difference, as `plan` prints it. */
export interface DifferenceLine {
  readonly action: "add" | "remove" | "change" | "note"
  readonly text: string
}

const actions = { added: "add", removed: "remove", changed: "change" } as const
const signs = { add: "+", remove: "-", change: "~", note: " " } as const
const colours = { add: "\u001b[32m", remove: "\u001b[31m", change: "\u001b[33m", note: "" } as const
const plain = "\u001b[0m"

/** A line per change: nodes with what differs in them, then topics, then what it means for the places reached. */
export const differenceLines = (difference: PlanDifference): readonly DifferenceLine[] => [
  ...difference.nodes.flatMap(nodeLines),
  ...difference.topics.map(({ topic, change, internal, why }) => ({
    action: actions[change],
    text: `${internal ? "topic" : "stream"} ${topic} (${why})`
  })),
  ...difference.cursors.map((text): DifferenceLine => ({ action: "note", text }))
]

/** Like Terraform's: `+`, `-` and `~` before what is added, removed and changed. Ends with a line that counts. */
export const renderDifference = (
  difference: PlanDifference,
  options: { readonly colour: boolean }
): string => {
  if (!difference.wouldChange) return "No changes. What runs is what the file says.\n"
  const lines = differenceLines(difference).map(({ action, text }) => {
    const line = `${signs[action]} ${text}`
    return options.colour && colours[action] !== "" ? `${colours[action]}${line}${plain}` : line
  })
  const count = (change: NodeChange["change"]) =>
    difference.nodes.filter((node) => node.change === change).length
  const sum = `Plan: ${count("added")} to add, ${count("changed")} to change, ${count("removed")} to remove.`
  return `${[...lines, "", sum].join("\n")}\n`
}

const nodeLines = ({ node, change, plugin, aspects, state }: NodeChange): readonly DifferenceLine[] => [
  { action: actions[change], text: `${node} (${plugin})` },
  ...aspects.map((aspect) => ({ action: aspectAction(aspect), text: `    ${aspectText(aspect)}` })),
  ...state.map(({ state: name, fate, why }): DifferenceLine => ({
    action: fate === "lost" ? "remove" : "note",
    text: `    state ${name}: ${fate}, ${why}`
  }))
]

const aspectAction = ({ from, to }: Aspect): DifferenceLine["action"] => {
  if (from === undefined) return "add"
  return to === undefined ? "remove" : "change"
}

const aspectText = ({ what, from, to }: Aspect): string => {
  if (from === undefined) return `${what}: ${shorten(to)}`
  if (to === undefined) return `${what}: ${shorten(from)}`
  return `${what}: ${shorten(from)} -> ${shorten(to)}`
}

const shorten = (text: string | undefined): string => {
  if (text === undefined || text === "") return "nothing"
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}
