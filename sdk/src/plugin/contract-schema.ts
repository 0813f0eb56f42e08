export const checkContractSchema = (_a: unknown) => {}
