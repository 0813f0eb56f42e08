export { httpEnrich } from "./http-enrich.ts"
