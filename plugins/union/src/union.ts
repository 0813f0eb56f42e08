import { defineProcessor } from "@millrace/sdk"

/** Merges several streams of one schema into one, in order of arrival; records pass as they are. */
export const union = defineProcessor({
  name: "union",
  description: "Merges several streams of one schema into one, in order of arrival.",
  reads: {},
  many: true,
  filter: () => true
})
