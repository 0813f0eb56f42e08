import type { AffectedNode, PublishReport } from "@millrace/sdk/api"
import type { PackageChange } from "@millrace/sdk/manifest"
import { paint, printable } from "../../terminal/style.ts"

const areas: readonly { readonly heading: string; readonly of: readonly PackageChange["area"][] }[] = [
  { heading: "plugins", of: ["plugin"] },
  { heading: "contract", of: ["input", "output"] },
  { heading: "config", of: ["config"] },
  { heading: "permissions", of: ["permission"] },
  { heading: "state and delivery", of: ["state", "delivery"] }
]

/** What a publish would mean, for people: the differences by area, the bump, whom it concerns, size and digest. */
export const reportText = (report: PublishReport): readonly string[] => [
  headLine(report),
  ...areas.flatMap(({ heading, of }) => {
    const changes = report.changes.filter(({ area }) => of.includes(area))
    return changes.length === 0
      ? []
      : [`  ${heading}`, ...changes.map((change) => `    ${changeLine(change)}`)]
  }),
  ...(report.previous === null ? [] : [bumpLine(report)]),
  ...report.pipelines.flatMap(({ desired, nodes, pipeline }) =>
    nodes.map((node) => `  ${pipeline} (${desired}), ${nodeLine(node)}`)
  ),
  `  ${report.sizeBytes} bytes, ${report.integrity.slice(0, 24)}…`
]

const headLine = ({ changes, isTaken, name, previous, version }: PublishReport): string => {
  const title = paint("bold", `${name}@${version}`)
  if (isTaken) return `${title}, against what is published under this number`
  if (previous === null) return `${title}, its first version`
  return changes.length === 0
    ? `${title}: contract, config and permissions as in ${previous}`
    : `${title}, against ${previous}`
}

const marks = { patch: "dim", minor: "green", major: "yellow" } as const

const changeLine = ({ bump, path, plugin, text, widens }: PackageChange): string => {
  const place = path === "" ? plugin : `${plugin} ${path}`
  const line = printable(`${place}: ${text}`)
  return `${paint(marks[bump], bump.padEnd(5))} ${widens ? paint("red", line) : line}`
}

const bumpLine = ({ isAllowed, required, smallest }: PublishReport): string =>
  isAllowed
    ? `  needs a ${required} step: the version allows it`
    : `  ${paint("red", `needs a ${required} step`)}: ${smallest} is the smallest version for it`

const effects: { readonly [E in AffectedNode["effect"]]: string } = {
  stays: "is not taken by",
  keeps: "goes on as it is, by",
  asks: "would ask for more permissions, by",
  breaks: "would break, by"
}

const nodeLine = ({ effect, node, range, why }: AffectedNode): string =>
  printable(`${node}: ${effects[effect]} ${range}${why.length === 0 ? "" : `: ${why.join("; ")}`}`)
