export { intervalJoin } from "./interval-join.ts"
export { temporalJoin } from "./temporal-join.ts"
