/** Random schemas, values of them, and what readers make of them over time: for property tests here, in the codec and in the proofs. */
export { evolutionArbitrary } from "./evolution-arbitrary.ts"
export { schemaArbitrary } from "./schema-arbitrary.ts"
export { valueArbitrary } from "./value-arbitrary.ts"
