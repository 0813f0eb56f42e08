import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { strippedTypes } from "./stripped-types.ts"

/**
 * Makes one JavaScript text of TypeScript (or compiled) modules in a *restricted form*, for places that have no module loader: the guest's
 * realm, and a sandbox process that may read no source. The form: named imports at the top (`import { a } from "./b.ts"`, also
 * from a workspace package, whose `index.ts` only re-exports), and `export` only in front of declarations.
 * Each module becomes a function scope of its own, in the order of dependency, and sets variables around it to what it exports: an
 * object would cost each realm a hidden class for each name, and a list would make fractions of all numbers in it where one is.
 * Each isolate keeps the text while it lives:
 * comments on lines of their own are left out (also in a text literal that spans lines), and what is not ASCII is escaped, for one
 * such character would double the text.
 */
export interface ModuleText {
  /** An expression in a function's body: `return` of the entry's exports as an object. */
  readonly text: string
  /** Files that went in, in order. */
  readonly files: readonly string[]
}

const importLine = /^import\s+\{([^}]*)\}\s*from\s*"([^"]+)"[ \t]*;?[ \t]*$/gm
const defaultImportLine = /^import\s+([A-Za-z_$][\w$]*)\s+from\s*"([^"]+)"[ \t]*;?[ \t]*$/gm
const reExport = /^export\s+\{([^}]*)\}\s*from\s*"([^"]+)"/gm
const exportWord = /^export (?=(?:async )?(?:function|const|class)\b)/gm
const exportName = /^export (?:async )?(?:function\*?|const|class) ([A-Za-z_$][\w$]*)/gm

/** What a file became, and the names that it exports. */
interface Module {
  readonly name: string
  readonly exported: readonly string[]
}

interface Walk {
  readonly modules: Map<string, Module>
  readonly parts: string[]
  readonly files: string[]
  readonly open: Set<string>
}

/** `entry`: a file URL. Throws an Error that names the file when a module is not of the restricted form. */
export function makeModuleText(entry: string): ModuleText {
  const walk: Walk = { modules: new Map(), parts: [], files: [], open: new Set() }
  const module = addModule(walk, fileURLToPath(entry))
  const exports = module.exported.map((name) => `${name}: ${variableOf(module, name)}`)
  return { text: `${walk.parts.join("\n")}\nreturn { ${exports.join(", ")} }`, files: walk.files }
}

function addModule(walk: Walk, file: string): Module {
  const known = walk.modules.get(file)
  if (known !== undefined) return known
  if (walk.open.has(file)) throw new Error(`${file}: imports itself in a cycle`)
  walk.open.add(file)
  const source = sourceOf(file)
  const exported = [...source.matchAll(exportName)].map((match) => match[1] ?? "")
  const body = compact(source)
    .replace(importLine, (_all, names: string, from: string) => importText(walk, file, names, from))
    .replace(
      defaultImportLine,
      (_all, local: string, from: string) => `const ${local} = ${requireText(file, from)}`
    )
    .replace(exportWord, "")
  const stray = /^(?:import|export)\b.*$/m.exec(body)
  if (stray !== null) throw new Error(`${file}: not of the restricted form: ${stray[0]}`)
  const name = `module${walk.parts.length}`
  const module = { name, exported }
  const variables = exported.map((each) => variableOf(module, each))
  const declared = variables.length === 0 ? "" : `let ${variables.join(", ")}\n`
  const set = exported.map((each, place) => `${variables[place]} = ${each}`)
  walk.parts.push(`${declared}{(() => {\n"use strict";\n${body}\n${set.join("\n")}\n})()}`)
  walk.files.push(file)
  walk.modules.set(file, module)
  walk.open.delete(file)
  return module
}

function compact(source: string): string {
  return source
    .replace(/^[ \t]*\/\/.*$/gm, "")
    .replace(/^[ \t]*\/\*(?:[^*]|\*(?!\/))*\*\/[ \t]*$/gm, "")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{2,}/g, "\n")
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

function importText(walk: Walk, file: string, names: string, from: string): string {
  const wanted = names
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
  if (wanted.length === 0) return ""
  if (from.startsWith("node:")) {
    const bindings = wanted.map((part) => part.replace(/\s+as\s+/, ": "))
    return `const { ${bindings.join(", ")} } = require(${JSON.stringify(from)})`
  }
  const bindings = wanted.map((part) => {
    const [original = part, local = original] = part.split(/\s+as\s+/)
    const module = addModule(walk, sourceFileOf(file, from, original))
    if (!module.exported.includes(original)) throw new Error(`${file}: ${from} does not export ${original}`)
    return `${local} = ${variableOf(module, original)}`
  })
  return `const ${bindings.join(", ")}`
}

/** Around all modules, what one of them exports. */
const variableOf = ({ name }: Module, exported: string): string => `${name}_${exported}`

function sourceFileOf(file: string, from: string, name: string): string {
  if (from.startsWith(".")) return join(dirname(file), from)
  return fileOf(fileURLToPath(import.meta.resolve(from)), name)
}

/** The file from which a package's `index.ts` re-exports a name. */
function fileOf(index: string, name: string): string {
  for (const match of readFileSync(index, "utf8").matchAll(reExport)) {
    const names = (match[1] ?? "").split(",").map((part) => part.trim())
    if (names.includes(name)) return join(dirname(index), match[2] ?? "")
  }
  throw new Error(`${index}: does not re-export ${name}`)
}

function requireText(file: string, from: string): string {
  return `require(${JSON.stringify(createRequire(pathToFileURL(file)).resolve(from))})`
}

/** A published package holds the same modules as JavaScript. */
function sourceOf(file: string): string {
  const text = readFileSync(file, "utf8")
  return file.endsWith(".ts") ? strippedTypes(text) : text
}
