export { lookupJoin } from "./lookup-join.ts"
