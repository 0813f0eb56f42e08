import { readFileSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { nodeMajor, platformNode } from "./tools.js"

const home = fileURLToPath(new URL("../templates", import.meta.url))

/** This package's own version: the templates fit the Millrace of the same release. */
export const version = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version

/**
 * The project's files: path and text.
 * @param {{ template: string, pm: string, name: string, scope: string, package: string, variable: string }} project
 * @returns {readonly { path: string, text: string }[]}
 */
export function projectFiles(project) {
  const fill = (text) =>
    text
      .replaceAll("__PACKAGE__", project.package)
      .replaceAll("__SCOPE__", project.scope)
      .replaceAll("__NAME__", project.name)
      .replaceAll("__VARIABLE__", project.variable)
      .replaceAll("__RUN__", project.pm === "npm" ? "npm run" : project.pm)
      .replaceAll("__EXEC__", { npm: "npx", pnpm: "pnpm exec", yarn: "yarn" }[project.pm] ?? "npx")
  const files = [...filesBelow(join(home, "shared")), ...filesBelow(join(home, project.template))]
  return [
    { path: "package.json", text: packageJson(project) },
    // npm leaves out or renames files of these names when it unpacks a package: here they have an underscore.
    ...files.map(({ path, text }) => ({ path: path.replace(/^_/, "."), text: fill(text) }))
  ]
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(folder, path)).isFile())
    .toSorted()
    .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(folder, path), "utf8") }))
}

function packageJson({ package: name, template }) {
  const json = {
    name,
    version: "0.1.0",
    description: `A Millrace ${template === "open" || template === "keyed" ? "processor" : template}`,
    license: "UNLICENSED",
    type: "module",
    scripts: {
      dev: "millrace dev",
      test: "tsc && millrace test",
      build: "millrace build",
      types: "tsc"
    },
    dependencies: { "@millrace/sdk": `^${version}` },
    devDependencies: { millrace: `^${version}`, ...broughtNode(), typescript: "^7.0.2" }
  }
  return `${JSON.stringify(json, null, 2)}\n`
}

/** Node 24 as a package, where this machine's Node is older: `npm run` and `npx` then go on under it. */
function broughtNode() {
  if (nodeMajor() >= platformNode.major) return {}
  const platform = process.platform === "win32" ? "win" : process.platform
  return { [`node-${platform}-${process.arch}`]: platformNode.version }
}
