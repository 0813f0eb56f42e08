/**
 * A migration runs as an input of the plugin that no pipeline feeds: records of one field, the old value, give records of one
 * field, the new one. A record of one field has the bytes of the field's value, so that stored values pass as they are.
 */
export const migrationInput = (state: string, index: number): string => `~migrate.${index}.${state}`

/** The one field. */
export const migratedField = "value"
