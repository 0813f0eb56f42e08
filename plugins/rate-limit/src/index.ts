export { delay } from "./delay.ts"
export { drop } from "./drop.ts"
