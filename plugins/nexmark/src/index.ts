export { auctions, bids, events, persons } from "./sources.ts"
