export { addFileContract, addRegistryContract } from "./add-contract.ts"
export { changeLines } from "./change-meaning.ts"
export { checkTypes, regenerateTypes } from "./regenerate-types.ts"
export { updateContracts } from "./update-contracts.ts"
