import { errorTable } from "./definition.ts"

/** Secrets and the key that they are sealed with. */
export const secretErrors = errorTable({
  SECRET_UNKNOWN: {
    status: 404,
    message: "There is no secret {name}",
    where: "the secret's name",
    why: "It was never set, or it was deleted.",
    remedy: "Check the name with `millrace secret list`.",
    fields: ["name"]
  },
  SECRET_INVALID: {
    status: 422,
    message: "This value cannot be a secret: {problem}",
    where: "the value, which is not shown",
    why: "A value of fewer than 8 characters stands in many texts by chance, so that it could not be kept out of replies.",
    remedy: "Set a longer value, of at most 64 KiB of Unicode text.",
    fields: ["problem"]
  },
  SECRET_UNREADABLE: {
    status: 503,
    message: "The secret {name} cannot be opened with the key that is here",
    where:
      "the key of the secrets: `secrets.key` of the registry's folder, or what MILLRACE_SECRET_KEY gives",
    why: "It was sealed with another key, or its row was changed.",
    remedy: "Bring the key back that was in force when it was set, or set the secret again.",
    fields: ["name"]
  },
  SECRET_KEY_GIVEN: {
    status: 409,
    message: "The key of the secrets is given by MILLRACE_SECRET_KEY, and cannot be changed here",
    where: "the platform's environment",
    why: "Whoever gives the key would go on to give the old one.",
    remedy:
      "Put the key into a file, name it in MILLRACE_SECRET_KEY_FILE in place of MILLRACE_SECRET_KEY, start again, and rotate then.",
    fields: []
  }
})
