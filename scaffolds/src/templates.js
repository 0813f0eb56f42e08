/** The templates, in the order in which they are offered. */
export const templates = [
  { name: "processor", label: "Processor", hint: "whole records in, whole records out; no state" },
  {
    name: "open",
    label: "Open processor",
    hint: "runs on any record that has the fields it reads, adds one"
  },
  { name: "keyed", label: "Keyed processor", hint: "keeps state for each key: counts, sums, latest" },
  { name: "source", label: "Source", hint: "brings records in, resumable from a position" },
  { name: "sink", label: "Sink", hint: "takes records out, in batches" },
  { name: "function", label: "Function", hint: "a pure function of values, used as a node" }
]

export const templateNames = templates.map(({ name }) => name)

/** A template as people read it. @param {string} name */
export const labelOf = (name) => templates.find((template) => template.name === name)?.label ?? name
