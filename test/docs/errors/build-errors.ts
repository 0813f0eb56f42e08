import type { Offence } from "@millrace/sdk/build"
import type { Rows } from "./row.ts"

const where = "file, line and column of the author's import, and how the module came in"

const offences: Rows<Offence["code"]> = {
  BUILTIN: {
    message: "A module of Node is not in the sandbox",
    where,
    why: "Plugins run without file system, sockets and processes; what they may touch they get as capabilities.",
    remedy:
      "Declare the capability that the message names, or use a library that needs nothing but the language."
  },
  NATIVE: {
    message: "A package has native code",
    where,
    why: "Native code cannot be held in a sandbox.",
    remedy: "Use a package that is JavaScript alone; docs/libraries.md names some."
  },
  DYNAMIC_CODE: {
    message: "Code is made from text: eval, new Function, or an import of a computed name",
    where,
    why: "What runs must be what was reviewed; the sandbox has no eval.",
    remedy: "Write the code or the import out; many libraries have a build without it."
  },
  WASM: {
    message: "A package uses WebAssembly",
    where,
    why: "WebAssembly's memory escapes the sandbox's limits.",
    remedy: "Use a package that is JavaScript alone."
  },
  UNLISTED: {
    message: "A package is imported that package.json does not list",
    where,
    why: "It happens to be there on this machine; elsewhere it would not be.",
    remedy: "Add it to the dependencies: `npm install PACKAGE`."
  },
  UNRESOLVED: {
    message: "An import leads nowhere",
    where,
    why: "There is no such file, or the package is not installed or does not export this path.",
    remedy: "Correct the path, or install the package."
  },
  UNSUPPORTED_FILE: {
    message: "A file of this kind cannot be imported",
    where,
    why: "A bundle takes TypeScript, JavaScript, JSON and text.",
    remedy: "Turn it into one of these."
  },
  SYNTAX: {
    message: "The source does not parse",
    where: "file, line and column",
    why: "The bundler's message says what it did not expect.",
    remedy: "Correct the source at this line; the lines around it are shown."
  }
}

/** As the command line shows them: with BUNDLE_ before the offence's own code. */
export const buildErrors: Rows = Object.fromEntries(
  Object.entries(offences).map(([code, row]) => [`BUNDLE_${code}`, row])
)
