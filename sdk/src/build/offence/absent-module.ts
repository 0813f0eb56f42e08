import type { Plugin } from "esbuild"
import { builtinRemedy } from "./builtin-remedy.ts"

/** The esbuild namespace of modules that stand for what the sandbox has not. */
export const absentNamespace = "millrace-absent"

/** Stands for a module of Node.js that a library asks for only in some of its functions: to ask for it throws, and says why. */
export const absentModule: Plugin = {
  name: "millrace-absent",
  setup: (build) => {
    build.onLoad({ filter: /.*/, namespace: absentNamespace }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`this needs ${path} of Node.js, which the sandbox is not. ${builtinRemedy(path)}.`)})`,
      loader: "js"
    }))
  }
}
